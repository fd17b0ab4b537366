import { create, toBinary } from "@bufbuild/protobuf";
import { EntrySchema } from "../../gen/seglog/v1/entry_pb.js";
import { AppendRequestSchema } from "../../gen/seglog/v1/segment_service_pb.js";

const SENTENCES = [
  "The retry loop in the payment worker gives up after three attempts and leaves the lease behind.",
  "I moved the check in front of the write and added a test that fails without it.",
  "Reading src/worker/lease.ts to see who renews the lease while the job runs.",
  "The log shows two workers on shard 7 between 10:42:03 and 10:42:09; only one of them held the lock.",
  "Let me run the suite again with the seed from the failing run before I change anything else.",
  "Done: 214 passed, none failed. The diff touches four files; shall I open a merge request?",
];

/** An assistant message, as an encoded entry of as nearly `bytes` bytes as its text allows. */
export function conversationEntry(bytes: number): Uint8Array {
  let text = "";
  for (let i = 0; text.length < bytes; i++) text += `${SENTENCES[i % SENTENCES.length]} `;
  for (let length = Math.min(text.length, bytes); ; length--) {
    const entry = encodeEntry(text.slice(0, length));
    if (entry.length <= bytes) return entry;
  }
}

/** An Append of one entry, as it goes over the wire. */
export function appendRequest(segmentId: string, entry: Uint8Array): Uint8Array {
  const head = toBinary(AppendRequestSchema, create(AppendRequestSchema, { segmentId }));
  const entryField = Buffer.concat([Buffer.from([0x12]), varint(entry.length), entry]);
  return Buffer.concat([head, entryField]);
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

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Uint8Array.of(...bytes, rest);
}
