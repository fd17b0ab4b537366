import { setImmediate as nextTurn } from "node:timers/promises";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { type ReadEntriesRequest, ReadEntriesRequestSchema, ReadEntriesResponseSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { entryFrames, filterFrames, READ_ENTRIES_TAG, retagFrames, sliceFrames } from "../model/entry-frames.js";
import { type KindFilter, kindFilterOf } from "../model/entry-kinds.js";
import { invalidField, segmentChanged } from "../model/errors.js";
import { parseSegmentId, type SegmentId } from "../model/id.js";
import { RESPONSE_BYTES } from "../model/limits.js";
import { decodeRequest } from "../model/wire/decode-request.js";
import type { SegmentInfo } from "../store/segment-info.js";
import type { EntryRun } from "../store/store-reads.js";
import type { ServiceDeps } from "./deps.js";
import type { CallContext } from "./handlers.js";
import { inheritedPrefixes } from "./inherited-prefixes.js";

/** What a response holds besides its entries: the segment's id with its tag and length. In bytes. */
const ENVELOPE_BYTES = 64;

/** A stretch of one segment that is to be read. */
interface Stretch {
  readonly segmentId: SegmentId;
  readonly fromIndex: number;
  /** Exclusive. */
  readonly toIndex: number;
  /** Of the last entry: says whether they are still the same. */
  readonly lastPosition: number;
}

/** Reads entries, forwards or backwards, up to the head as it was when the call came. */
export async function* readEntries(deps: ServiceDeps, bytes: Uint8Array, call: CallContext): AsyncIterable<Uint8Array> {
  const request = decodeRequest(ReadEntriesRequestSchema, bytes);
  if (request.inherited && !request.backward) throw invalidField("inherited", "goes only backward; set backward too");
  const kinds = kindFilterOf(request.kinds);
  let left = request.limit === 0n ? Number.POSITIVE_INFINITY : Number(request.limit);
  const segment = await deps.store.getSegment(parseSegmentId(request.segmentId));

  for (const stretch of await stretchesOf(deps, segment, request)) {
    for await (const run of runs(deps, stretch, request.backward)) {
      if (call.signal.aborted) return;
      const frames = selected(run.frames, { kinds, backward: request.backward, countMax: left });
      if (frames.count > 0) yield response(run.segmentId, frames.bytes);
      left -= frames.count;
      if (left <= 0) return;
      // Pages of which little is wanted, or nothing, come without a pause of their own.
      await nextTurn();
    }
  }
}

/** The asked part of the segment itself, then, where asked for, of what it inherits. None past the head. */
async function stretchesOf(deps: ServiceDeps, segment: SegmentInfo, request: ReadEntriesRequest): Promise<readonly Stretch[]> {
  const { segmentId, entryCount, headPosition } = segment;
  const from = request.fromIndex === undefined ? undefined : Number(request.fromIndex);
  if (from !== undefined && from >= entryCount) return [];
  if (!request.backward) return [{ segmentId, fromIndex: from ?? 0, toIndex: entryCount, lastPosition: headPosition }];

  const last = from ?? entryCount - 1;
  const lastPosition = await deps.store.positionOf(segmentId, last);
  if (lastPosition === undefined) throw segmentChanged(segmentId);
  const own = { segmentId, fromIndex: 0, toIndex: last + 1, lastPosition };
  if (!request.inherited) return [own];
  const stretches: Stretch[] = [own];
  for await (const prefix of inheritedPrefixes(deps, segment)) stretches.push({ ...prefix, fromIndex: 0, toIndex: prefix.entryCount });
  return stretches;
}

/** A stretch in messages' worth of entries, each run joined from neighbouring ones. */
async function* runs(deps: ServiceDeps, stretch: Stretch, backward: boolean): AsyncIterable<EntryRun> {
  const { segmentId, lastPosition } = stretch;
  let { fromIndex, toIndex } = stretch;
  const expect = { index: toIndex - 1, position: lastPosition };
  while (fromIndex < toIndex) {
    const page = await deps.store.readEntries({
      segmentId,
      fromIndex,
      toIndex,
      backward,
      bytesMax: RESPONSE_BYTES - ENVELOPE_BYTES,
      expect,
    });
    const run = joined(backward ? page.toReversed() : page);
    if (run === undefined) return;
    if (backward) toIndex = run.firstIndex;
    else fromIndex = run.firstIndex + run.count;
    yield run;
  }
}

/** Neighbouring runs of one segment, in ascending order, as one. */
function joined(page: readonly EntryRun[]): EntryRun | undefined {
  const [first] = page;
  if (first === undefined || page.length === 1) return first;
  return { ...first, count: page.reduce((sum, run) => sum + run.count, 0), frames: Buffer.concat(page.map((run) => run.frames)) };
}

function selected(
  frames: Uint8Array,
  choice: { readonly kinds: KindFilter; readonly backward: boolean; readonly countMax: number },
): { readonly bytes: Uint8Array; readonly count: number } {
  const filtered = choice.kinds === undefined ? frames : filterFrames(frames, choice.kinds);
  const places = [...entryFrames(filtered)];
  const count = Math.min(places.length, choice.countMax);
  if (!choice.backward) return { bytes: sliceFrames(filtered, 0, count), count };
  const newestFirst = places.toReversed().slice(0, count);
  return { bytes: Buffer.concat(newestFirst.map(({ start, end }) => filtered.subarray(start, end))), count };
}

function response(segmentId: SegmentId, frames: Uint8Array): Uint8Array {
  return new BinaryWriter()
    .tag(ReadEntriesResponseSchema.field.segmentId.number, WireType.LengthDelimited)
    .string(segmentId)
    .raw(retagFrames(frames, READ_ENTRIES_TAG))
    .finish();
}
