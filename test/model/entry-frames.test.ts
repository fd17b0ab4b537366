import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import fc, { type Arbitrary } from "fast-check";
import { expect, test } from "vitest";
import { EntrySchema } from "../../gen/seglog/v1/entry_pb.js";
import { EntryBatchSchema, ReadEntriesResponseSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { entryFacts } from "../../src/model/entry-facts.js";
import {
  countFrames,
  type EntryStamp,
  entryFrames,
  filterFrames,
  frameSize,
  kindOfEntry,
  READ_ENTRIES_TAG,
  retagFrames,
  sliceFrames,
  writeEntryFrame,
} from "../../src/model/entry-frames.js";
import type { NewEntry } from "../../src/model/new-entry.js";
import { daemonKind, entryOf, writerKind } from "./arbitrary-entry.js";
import { nested, raw, tag, varint } from "./raw-message.js";

interface Stamped {
  readonly entry: NewEntry;
  readonly stamp: EntryStamp;
}

const known = entryOf(fc.oneof(writerKind, daemonKind)).map((init) => toBinary(EntrySchema, create(EntrySchema, init)));
// A writer may put anything into output-only fields, twice, and kinds and fields that are not known.
const unknown = fc.constantFrom(
  raw(nested(42, "?"), varint(1, 99), varint(2, 98), varint(1, 97)),
  raw(tag(50, 3), varint(4, 1), tag(50, 4), nested(3), nested(3, varint(1, 5))),
);
const stamped: Arbitrary<Stamped> = fc.record({
  entry: fc.oneof({ weight: 5, arbitrary: known }, unknown).map(entryFacts),
  stamp: fc.record({ index: fc.maxSafeNat(), position: fc.maxSafeNat(), timeMs: fc.maxSafeNat() }),
});

test("a frame decodes to the writer's entry with index, position and time filled in", () => {
  fc.assert(
    fc.property(fc.array(stamped, { maxLength: 4 }), (entries) => {
      const { entries: decoded } = fromBinary(EntryBatchSchema, framesOf(entries));

      expect(decoded).toEqual(entries.map(asStored));
    }),
    { numRuns: 500 },
  );
});

test("a frame takes the bytes that were announced and leaves those around it alone", () => {
  fc.assert(
    fc.property(stamped, ({ entry, stamp }) => {
      const size = frameSize(entry, stamp);
      const target = new Uint8Array(size + 10).fill(0xee);

      const end = writeEntryFrame(target, 5, entry, stamp);

      expect(end).toBe(5 + size);
      expect(target.subarray(0, 5)).toEqual(new Uint8Array(5).fill(0xee));
      expect(target.subarray(end)).toEqual(new Uint8Array(5).fill(0xee));
    }),
  );
});

test("what a writer claims of index and position gives way to zeros too", () => {
  const entry = entryFacts(raw(nested(16), varint(1, 7), varint(2, 8)));
  const frames = framesOf([{ entry, stamp: { index: 0, position: 0, timeMs: 0 } }]);

  const [decoded] = fromBinary(EntryBatchSchema, frames).entries;

  expect(decoded).toMatchObject({ index: 0n, position: 0n, time: { seconds: 0n, nanos: 0 } });
});

test("a writer's time stays to the bit", () => {
  const entry = entryFacts(raw(nested(3, varint(1, -5), varint(2, 7)), nested(16)));
  const frames = framesOf([{ entry, stamp: { index: 1, position: 2, timeMs: 3 } }]);

  const [decoded] = fromBinary(EntryBatchSchema, frames).entries;

  expect(decoded?.time).toMatchObject({ seconds: -5n, nanos: 7 });
});

test("walking frames gives each entry's bytes, and their number", () => {
  fc.assert(
    fc.property(fc.array(stamped, { maxLength: 5 }), (entries) => {
      const frames = framesOf(entries);

      const walked = [...entryFrames(frames)];

      expect(walked.map(({ bodyStart, end }) => fromBinary(EntrySchema, frames.subarray(bodyStart, end)))).toEqual(entries.map(asStored));
      expect(walked.map(({ bodyStart, end }) => kindOfEntry(frames, bodyStart, end))).toEqual(entries.map(({ entry }) => entry.kind));
      expect(walked.map(({ start }) => start)).toEqual([0, ...walked.map(({ end }) => end)].slice(0, entries.length));
      expect(countFrames(frames)).toBe(entries.length);
    }),
  );
});

test("retagged frames are the entries of a read, in a copy", () => {
  fc.assert(
    fc.property(fc.array(stamped, { maxLength: 4 }), (entries) => {
      const frames = framesOf(entries);
      const before = frames.slice();

      const retagged = retagFrames(frames, READ_ENTRIES_TAG);

      expect(fromBinary(ReadEntriesResponseSchema, retagged).entries).toEqual(entries.map(asStored));
      expect(frames).toEqual(before);
    }),
  );
});

test("a slice of frames is the slice of the entries", () => {
  fc.assert(
    fc.property(fc.array(stamped, { maxLength: 5 }), fc.nat(6), fc.nat(6), (entries, from, to) => {
      const frames = framesOf(entries);

      const slice = sliceFrames(frames, from, to);

      expect(fromBinary(EntryBatchSchema, slice).entries).toEqual(entries.slice(from, to).map(asStored));
      expect(slice.buffer).toBe(frames.buffer);
    }),
  );
});

test("a filter keeps the entries of its kinds, in order", () => {
  const kinds = fc.uniqueArray(fc.constantFrom(6, 7, 10, 15, 42, 50)).map((numbers) => new Set<number>(numbers));

  fc.assert(
    fc.property(fc.array(stamped, { maxLength: 5 }), kinds, (entries, wanted) => {
      const kept = filterFrames(framesOf(entries), wanted);

      const expected = entries.filter(({ entry }) => wanted.has(entry.kind));
      expect(fromBinary(EntryBatchSchema, kept).entries).toEqual(expected.map(asStored));
    }),
  );
});

test("a filter that keeps all copies nothing", () => {
  const frames = framesOf([{ entry: entryFacts(nested(16)), stamp: { index: 0, position: 1, timeMs: 2 } }]);

  expect(filterFrames(frames, new Set([16]))).toBe(frames);
  expect(filterFrames(frames, new Set([15]))).toHaveLength(0);
});

test("an entry without a kind has kind 0", () => {
  expect(kindOfEntry(raw(varint(1, 5), nested(3), varint(100, 1)))).toBe(0);
});

function framesOf(entries: readonly Stamped[]): Uint8Array {
  const frames = new Uint8Array(entries.reduce((size, { entry, stamp }) => size + frameSize(entry, stamp), 0));
  let at = 0;
  for (const { entry, stamp } of entries) at = writeEntryFrame(frames, at, entry, stamp);
  return frames;
}

/** What a client is to see of it. */
function asStored({ entry, stamp }: Stamped) {
  const decoded = fromBinary(EntrySchema, entry.bytes);
  decoded.index = BigInt(stamp.index);
  decoded.position = BigInt(stamp.position);
  decoded.time ??= fromBinary(
    EntrySchema,
    nested(3, varint(1, Math.floor(stamp.timeMs / 1000)), varint(2, (stamp.timeMs % 1000) * 1e6)),
  ).time;
  return decoded;
}
