import { create, toBinary } from "@bufbuild/protobuf";
import { EntrySchema } from "../../gen/seglog/v1/entry_pb.js";
import { AppendRequestSchema } from "../../gen/seglog/v1/segment_service_pb.js";

/** What the letters in braces stand for. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  part: ["payment worker", "lease table", "retry loop", "session cache", "import job", "upload queue", "index builder", "rate limiter"],
  file: [
    "src/worker/lease.ts",
    "src/http/router.go",
    "lib/cache/evict.rs",
    "app/models/invoice.py",
    "test/queue.spec.ts",
    "deploy/values.yaml",
  ],
  verb: ["gives up", "starts again", "holds the lock", "drops the message", "writes the row twice", "waits for the other side"],
  cause: [
    "the clock jumps",
    "the socket was half closed",
    "nobody renews it",
    "the config says so",
    "the test mocked it away",
    "the map was full",
  ],
};

const SENTENCES = [
  "The {part} {verb} after {n} attempts, because {cause}; the {part} behind it never sees that.",
  "I moved the check in {file} in front of the write and added a test that fails without it.",
  "Reading {file}, lines {n} to {n}, to see whether the {part} {verb} while the job runs.",
  "The log shows two workers on shard {n} between 10:{d}:{d} and 11:{d}:{d}, request {h}; only one of them {verb}.",
  "Let me run the suite again with seed {h} from the failing run before I change anything else in {file}.",
  "{n} passed, {d} failed. The diff touches {file} and {file}; shall I open a merge request?",
  "$ rg -n '{h}' {file}\n{n}:  const lease = await table.acquire({ shard: {d}, owner: '{h}' });",
  "  at renew ({file}:{n}:{d})\n  at async run ({file}:{n}:{d})",
  "So that is it: when {cause}, the {part} {verb}, and {file} takes the {part} for dead.",
  "Commit {h} changed that on purpose, to keep the {part} from waiting {n} ms; we should not simply turn it back.",
];

/**
 * An assistant message, as an encoded entry of as nearly `bytes` bytes as its text allows.
 *
 * @param variant each has a text of its own, so that nothing is won by storing one of them once
 */
export function conversationEntry(bytes: number, variant = 0): Uint8Array {
  const text = conversationText(bytes, variant);
  for (let length = bytes; ; length--) {
    const entry = encodeEntry(text.slice(0, length));
    if (entry.length <= bytes) return entry;
  }
}

/** So many entries, each with another text. */
export function conversationEntries(count: number, bytes: number): readonly Uint8Array[] {
  return Array.from({ length: count }, (_, variant) => conversationEntry(bytes, variant));
}

/** So many characters of conversation. */
export function conversationText(length: number, variant = 0): string {
  const random = randomBelow(variant);
  let text = "";
  while (text.length < length) text += `${sentence(random)} `;
  return text.slice(0, length);
}

/** An Append, as it goes over the wire. */
export function appendRequest(segmentId: string, ...entries: readonly Uint8Array[]): Uint8Array {
  const head = toBinary(AppendRequestSchema, create(AppendRequestSchema, { segmentId }));
  return Buffer.concat([head, ...entries.flatMap((entry) => [Buffer.from([0x12]), varint(entry.length), entry])]);
}

/** A number below 2^32 as protobuf writes it. */
export function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Uint8Array.of(...bytes, rest);
}

function sentence(random: (below: number) => number): string {
  return pick(SENTENCES, random).replaceAll(/\{(\w+)\}/g, (braced, name: string) => {
    if (name === "n") return String(random(5000));
    if (name === "d") return String(10 + random(50));
    if (name === "h")
      return random(2 ** 32)
        .toString(16)
        .padStart(8, "0");
    const words = WORDS[name];
    return words === undefined ? braced : pick(words, random);
  });
}

function pick(from: readonly string[], random: (below: number) => number): string {
  return from[random(from.length)] ?? "";
}

function encodeEntry(text: string): Uint8Array {
  return toBinary(
    EntrySchema,
    create(EntrySchema, {
      kind: {
        case: "assistantItem",
        value: { item: { kind: { case: "message", value: { role: 2, content: [{ kind: { case: "text", value: text } }] } } } },
      },
    }),
  );
}

/** Numbers that are the same in each run: mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
function randomBelow(seed: number): (below: number) => number {
  let state = seed + 1;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
