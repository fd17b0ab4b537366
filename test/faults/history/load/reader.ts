import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ReadEntriesRequestSchema } from "../../../../gen/seglog/v1/segment_service_pb.js";
import type { Random } from "../../../journeys/load/random.js";
import type { Read, SeenEntry } from "../history.js";
import { CALL_MS_MAX, type Caller, outcomeOfError } from "./caller.js";
import { headOf, type Recorder, seenEntry } from "./recorder.js";
import type { World } from "./world.js";

/** A whole log is read where it has no more entries than this. */
const WHOLE_ENTRIES_MAX = 300;

/** What a reader works with. */
export interface ReaderTools {
  readonly name: string;
  readonly caller: Caller;
  readonly recorder: Recorder;
  readonly world: World;
  readonly random: Random;
}

/** Reads heads and ends of segments, one after the other, until there have been enough operations. */
export async function readAll({ name, caller, recorder, world, random }: ReaderTools): Promise<void> {
  let entryCount = 0;
  for (let counter = 0; world.takeTurn(); counter++) {
    const { segmentId } = world.pick(random);
    const invokeNs = recorder.nowNs();
    try {
      const found = await readOnce(caller, segmentId, { random, entryCount });
      if (found.type === "head") entryCount = found.head.entryCount;
      recorder.reads.push({ id: `${name}:${counter}`, segmentId, invokeNs, endNs: recorder.nowNs(), found });
    } catch (error) {
      const outcome = outcomeOfError(error);
      if (outcome.type === "unknown") await caller.renew();
      else if (outcome.type === "fail" && outcome.reason === "SEGMENT_NOT_FOUND") {
        recorder.reads.push({ id: `${name}:${counter}`, segmentId, invokeNs, endNs: recorder.nowNs(), found: { type: "missing" } });
      } else if (outcome.type === "fail" && outcome.reason !== "SEGMENT_CHANGED") throw error;
    }
  }
}

/** @param about what a reader may take for the length of a segment: that of the last one it saw */
async function readOnce(
  { client }: Caller,
  segmentId: string,
  about: { readonly random: Random; readonly entryCount: number },
): Promise<Read["found"]> {
  const options = { deadlineMs: CALL_MS_MAX };
  const chance = about.random();
  if (chance < 0.4) {
    const { segment } = await client.getSegment({ segmentId }, options);
    if (segment === undefined) throw new Error("GetSegment answered without a segment");
    return { type: "head", head: headOf(segment) };
  }
  const isWhole = chance < 0.5 && about.entryCount <= WHOLE_ENTRIES_MAX;
  const isBackward = !isWhole && chance < 0.8;
  const fromIndex = isWhole ? 0n : BigInt(Math.max(0, about.entryCount - 10));
  const request: MessageInitShape<typeof ReadEntriesRequestSchema> = isBackward
    ? { segmentId, backward: true, limit: BigInt(1 + Math.floor(about.random() * 20)) }
    : { segmentId, fromIndex };
  const entries: SeenEntry[] = [];
  for await (const page of client.readEntries(request, options)) {
    entries.push(...page.entries.map((entry) => seenEntry(page.segmentId, entry)));
  }
  return { type: "entries", entries: isBackward ? entries.reverse() : entries };
}
