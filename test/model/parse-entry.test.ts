import { create, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { EntrySchema } from "../../gen/seglog/v1/entry_pb.js";
import { entryFacts } from "../../src/model/entry-facts.js";
import { DEFAULT_LIMITS } from "../../src/model/limits.js";
import { parseEntry } from "../../src/model/parse-entry.js";
import { daemonKind, entryOf, writerKind } from "./arbitrary-entry.js";
import { nested, raw, varint } from "./raw-message.js";

const ID = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

test("an import brings kinds that an append must not", () => {
  const kinds = [nested(4, nested(1, ID)), nested(17), nested(18)];

  for (const bytes of kinds) {
    expect(parseEntry(bytes, "entries[0]", DEFAULT_LIMITS, "import").bytes).toBe(bytes);
    expect(() => parseEntry(bytes, "entries[0]", DEFAULT_LIMITS, "append")).toThrow(
      /^entries\[0\]\.(segment_start|opening_history|foreign) is a kind/,
    );
  }
});

test("an import may pass the limit of an entry by 1 KiB, an append by nothing", () => {
  const limits = { ...DEFAULT_LIMITS, entryBytesMax: 4000 };
  const sized = (bytes: number) => nested(9, nested(1, "x".repeat(bytes - 6)));

  expect(sized(4000)).toHaveLength(4000);
  expect(() => parseEntry(sized(4000), "entry", limits, "append")).not.toThrow();
  expect(() => parseEntry(sized(4001), "entry", limits, "append")).toThrow("entry has 4001 bytes, the limit is 4000");
  expect(() => parseEntry(sized(5024), "entry", limits, "import")).not.toThrow();
  expect(() => parseEntry(sized(5025), "entry", limits, "import")).toThrow("entry has 5025 bytes, the limit is 5024");
});

test("a bad entry is refused by its path", () => {
  expect(() => parseEntry(nested(5), "entries[7]", DEFAULT_LIMITS, "import")).toThrow("entries[7].invoke.trigger is left unspecified");
  expect(() => parseEntry(raw([0x00]), "entries[7]", DEFAULT_LIMITS, "import")).toThrow("entries[7] holds field number 0");
});

test.each([
  ["a turn end without a number", nested(10), { kind: 10, turnCount: 0n }],
  ["the last number of a turn end", nested(10, varint(1, 1), nested(9, "?"), varint(1, 2n ** 40n)), { kind: 10, turnCount: 2n ** 40n }],
  ["a run that was interrupted", nested(12, varint(1, 1)), { kind: 12, isInterrupted: true }],
  ["a run that was not", nested(12, nested(2, "failed")), { kind: 12, isInterrupted: false }],
  ["an interruption by any number but 0", nested(12, varint(1, 2n ** 40n)), { kind: 12, isInterrupted: true }],
  ["a paused turn that was given up", nested(16), { kind: 16, isInterrupted: false }],
  ["no mark in other kinds", nested(6), { kind: 6 }],
  ["a kind before and after other fields", raw(varint(1, 5), nested(42), varint(200, 1)), { kind: 42 }],
])("the facts of an entry are %s", (_, bytes, facts) => {
  expect(entryFacts(bytes)).toEqual({ bytes, hasTime: false, ...facts });
});

test("an entry of any kind is what an import takes", () => {
  fc.assert(
    fc.property(entryOf(fc.oneof(writerKind, daemonKind)), (init) => {
      const bytes = toBinary(EntrySchema, create(EntrySchema, init));

      expect(parseEntry(bytes, "entries[0]", DEFAULT_LIMITS, "import")).toEqual(entryFacts(bytes));
    }),
    { numRuns: 200 },
  );
});
