import { create, toBinary } from "@bufbuild/protobuf";
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { EntrySchema } from "../../../gen/seglog/v1/entry_pb.js";
import type { Random } from "../../journeys/load/random.js";
import {
  assistantText,
  type EntryInit,
  extension,
  runCompleted,
  systemItem,
  toolResult,
  turnEnd,
  userInput,
} from "../../support/entries.js";

/** A field that no entry has: what a newer client might send. It carries the mark. */
const MARK_FIELD = 2000;

/** Sizes of most texts, in bytes; every so often one fills many pages. */
const TEXT_BYTES_MAX = 1200;
const LARGE_BYTES_MAX = 40_000;
const LARGE_PART = 0.03;

/** An encoded entry of some kind and size that carries a mark, by which it is known wherever it is met. */
export function markedEntry(mark: string, random: Random): Uint8Array {
  const writer = new BinaryWriter();
  writer.raw(toBinary(EntrySchema, create(EntrySchema, anyEntry(random))));
  return writer.tag(MARK_FIELD, WireType.LengthDelimited).string(mark).finish();
}

/** The mark of an entry as it was stored; undefined where it has none. */
export function markOf(entry: Uint8Array): string | undefined {
  const reader = new BinaryReader(entry);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === MARK_FIELD) return reader.string();
    reader.skip(wireType, field);
  }
  return undefined;
}

function anyEntry(random: Random): EntryInit {
  const kind = random();
  if (kind < 0.4) return userInput(anyText(random));
  if (kind < 0.7) return assistantText(anyText(random));
  if (kind < 0.85) return toolResult("call", anyText(random));
  if (kind < 0.92) return turnEnd(BigInt(Math.floor(random() * 1000)));
  if (kind < 0.95) return runCompleted(random() < 0.5);
  if (kind < 0.98) return extension("proof", JSON.stringify({ text: anyText(random) }));
  return systemItem(anyText(random));
}

/** Text that no compression or mix-up leaves alike. */
function anyText(random: Random): string {
  const bytes = Math.floor(random() * (random() < LARGE_PART ? LARGE_BYTES_MAX : TEXT_BYTES_MAX));
  let text = "";
  while (text.length < bytes) text += Math.floor(random() * 2 ** 32).toString(36);
  return text;
}
