import type { Random } from "../../../journeys/load/random.js";
import { anyId } from "../../load/choose-operation.js";
import type { Answer, Head, Operation, Outcome, ReadFound } from "../history.js";
import { CALL_MS_MAX, type Caller, outcomeOf, outcomeOfError } from "./caller.js";
import { OperationDrafts, type OperationParams } from "./draft-operation.js";
import { headOf, type OpenOperation, type Recorder } from "./recorder.js";
import { appendRequest, deltaRequest, preconditionOf, type WriteRequest } from "./requests.js";
import { appendThroughStream } from "./stream.js";
import type { KnownSegment, World } from "./world.js";

/** After a lost answer, this part of the retries that are possible is made, one after the other. */
const RETRY_PART = 0.85;

/** Of what was acknowledged, this part is sent again all the same. */
const RESEND_PART = 0.04;

/** What a writer works with. */
export interface WriterTools {
  readonly name: string;
  readonly caller: Caller;
  readonly recorder: Recorder;
  readonly world: World;
  readonly random: Random;
  /** Begins request ids. */
  readonly run: string;
}

/** A writer that does everything that writers do, one thing after the other, and writes down what it is told. */
export class Writer {
  readonly #tools: WriterTools;
  readonly #heads = new Map<string, Head>();
  readonly #drafts: OperationDrafts;

  constructor(tools: WriterTools) {
    this.#tools = tools;
    this.#drafts = new OperationDrafts(tools.name, tools.run, tools.random);
  }

  /** Goes on until there have been enough operations. */
  async run(): Promise<void> {
    const { world, random } = this.#tools;
    while (world.takeTurn()) {
      const segment = world.pick(random);
      const chance = random();
      if (chance < 0.5) await this.#append("append", segment, { isConditional: true });
      else if (chance < 0.65) await this.#append("append", segment, { isConditional: false });
      else if (chance < 0.78) await this.#append("saveDelta", segment, { isConditional: random() < 0.5 });
      else if (chance < 0.88) await this.#stream(segment);
      else if (chance < 0.96) await this.#truncate(segment);
      else if (chance < 0.98) await this.#fork(segment);
      else await this.#create();
    }
  }

  async #append(
    kind: "append" | "saveDelta",
    segment: KnownSegment,
    { isConditional }: { readonly isConditional: boolean },
  ): Promise<void> {
    const { random } = this.#tools;
    const believed = isConditional ? await this.#head(segment.segmentId) : undefined;
    if (isConditional && believed === undefined) return;
    const forksOnConflict = segment.isForked && isConditional && random() < 0.4;
    const operation = this.#begin({
      kind,
      segmentId: segment.segmentId,
      ...(believed && { believed }),
      forksOnConflict,
      count: 1 + Math.floor(random() * 3),
    });
    const request = kind === "append" ? appendRequest(operation, random) : deltaRequest(operation, random);
    await this.#attempt(operation, () => this.#send(request));
  }

  /** Units behind each other on one stream; those that were not answered are retried one by one. */
  async #stream({ segmentId }: KnownSegment): Promise<void> {
    const { random, recorder, caller } = this.#tools;
    const known = random() < 0.5 ? await this.#head(segmentId) : undefined;
    const unitCount = 2 + Math.floor(random() * 6);
    let entryCount = known?.entryCount ?? 0;
    const units = Array.from({ length: unitCount }, () => {
      const count = 1 + Math.floor(random() * 3);
      const operation = this.#drafts.draft({
        kind: "streamed",
        segmentId,
        ...(known && { believed: { entryCount } }),
        forksOnConflict: false,
        count,
      });
      entryCount += count;
      return { operation, request: appendRequest(operation, random).request };
    });
    const { begun, isWhole } = await appendThroughStream(caller.client, recorder, units);
    if (!isWhole) await caller.renew();
    for (const { operation, request } of begun) {
      const [first] = operation.attempts;
      this.#learn(operation, first?.outcome);
      if (first?.outcome.type === "unknown" && this.#isRetried(operation)) {
        await this.#attempt(operation, () => this.#send({ kind: "append", request }));
      }
    }
  }

  async #truncate({ segmentId }: KnownSegment): Promise<void> {
    const { random, caller } = this.#tools;
    const believed = await this.#head(segmentId);
    if (believed === undefined || believed.entryCount < 3) return;
    const keptCount = Math.max(1, believed.entryCount - 1 - Math.floor(random() * random() * 12));
    const isConditional = random() < 0.9;
    const operation = this.#begin({
      kind: "truncate",
      segmentId,
      ...(isConditional && { believed }),
      forksOnConflict: false,
      keptCount,
      count: 0,
    });
    const request = { segmentId, entryCount: BigInt(keptCount), requestId: operation.requestId ?? "", ...preconditionOf(operation) };
    await this.#attempt(operation, async () => {
      const { segment, removedCount, replayed } = await caller.client.truncateSegment(request, { deadlineMs: CALL_MS_MAX });
      if (segment === undefined) throw new Error("TruncateSegment answered without a segment");
      return { segmentId, ...headOf(segment), removedCount: Number(removedCount), forked: false, replayed };
    });
  }

  async #fork({ segmentId }: KnownSegment): Promise<void> {
    const { random, caller } = this.#tools;
    const known = await this.#head(segmentId);
    if (known === undefined) return;
    const keptCount = 1 + Math.floor(random() * known.entryCount);
    const newSegmentId = anyId(random);
    const operation = this.#begin({ kind: "fork", segmentId, forksOnConflict: false, keptCount, newSegmentId, count: 0 });
    const at = { case: "entryCount", value: BigInt(keptCount) } as const;
    await this.#attempt(operation, async () => {
      const request = { segmentId, at, newSegmentId, requestId: operation.requestId ?? "" };
      const { segment, replayed } = await caller.client.forkSegment(request, { deadlineMs: CALL_MS_MAX });
      if (segment === undefined) throw new Error("ForkSegment answered without a segment");
      return { segmentId: segment.segmentId, ...headOf(segment), forked: false, replayed };
    });
  }

  async #create(): Promise<void> {
    const { random, caller } = this.#tools;
    const segmentId = anyId(random);
    const operation = this.#begin({ kind: "create", segmentId, forksOnConflict: false, count: 0 });
    await this.#attempt(operation, async () => {
      const request = { segmentId, requestId: operation.requestId ?? "" };
      const { segment, replayed } = await caller.client.createSegment(request, { deadlineMs: CALL_MS_MAX });
      if (segment === undefined) throw new Error("CreateSegment answered without a segment");
      return { segmentId, ...headOf(segment), forked: false, replayed };
    });
  }

  /** Sends an operation until something is known of it or the writer gives up; at times once more, to get the same answer. */
  async #attempt(operation: OpenOperation, call: () => Promise<Answer>): Promise<void> {
    for (;;) {
      const outcome = await this.#attemptOnce(operation, call);
      this.#learn(operation, outcome);
      if (outcome.type === "fail") return;
      if (outcome.type === "ok" && !(operation.requestId !== undefined && this.#tools.random() < RESEND_PART)) return;
      if (outcome.type === "unknown" && !this.#isRetried(operation)) return;
    }
  }

  async #attemptOnce(operation: OpenOperation, call: () => Promise<Answer>): Promise<Outcome> {
    const { recorder, caller } = this.#tools;
    const invokeNs = recorder.nowNs();
    const outcome = await outcomeOf(call());
    operation.attempts.push({ invokeNs, endNs: recorder.nowNs(), outcome });
    if (outcome.type === "unknown") await caller.renew();
    return outcome;
  }

  async #send(write: WriteRequest): Promise<Answer> {
    const { client } = this.#tools.caller;
    const options = { deadlineMs: CALL_MS_MAX };
    const { segmentId, firstIndex, forked, replayed, ...figures } =
      write.kind === "append" ? await client.append(write.request, options) : await client.saveDelta(write.request, options);
    return { segmentId, ...headOf(figures), ...(firstIndex !== undefined && { firstIndex: Number(firstIndex) }), forked, replayed };
  }

  #isRetried({ requestId }: Operation): boolean {
    return requestId !== undefined && this.#tools.random() < RETRY_PART;
  }

  /** The head that this writer believes in: what it was told last, or else what it reads now. */
  async #head(segmentId: string): Promise<Head | undefined> {
    const { recorder, caller, name } = this.#tools;
    const known = this.#heads.get(segmentId);
    if (known !== undefined && this.#tools.random() < 0.7) return known;
    const invokeNs = recorder.nowNs();
    const note = (found: ReadFound) =>
      recorder.reads.push({ id: `${name}:r${recorder.reads.length}`, segmentId, invokeNs, endNs: recorder.nowNs(), found });
    try {
      const { segment } = await caller.client.getSegment({ segmentId }, { deadlineMs: CALL_MS_MAX });
      if (segment === undefined) throw new Error("GetSegment answered without a segment");
      const head = headOf(segment);
      note({ type: "head", head });
      this.#heads.set(segmentId, head);
      return head;
    } catch (error) {
      const outcome = outcomeOfError(error);
      if (outcome.type === "unknown") await caller.renew();
      else if (outcome.type === "fail" && outcome.reason === "SEGMENT_NOT_FOUND") note({ type: "missing" });
      else throw error;
      return undefined;
    }
  }

  #learn({ segmentId, kind }: Operation, outcome: Outcome | undefined): void {
    if (outcome?.type === "ok") {
      const { answer } = outcome;
      const { entryCount, headPosition } = answer;
      if (!answer.replayed) this.#heads.set(answer.segmentId, { entryCount, headPosition });
      if (answer.segmentId !== segmentId || kind === "create") this.#tools.world.addBranch(answer.segmentId);
    } else if (outcome?.type === "fail" && outcome.head !== undefined) {
      this.#heads.set(segmentId, outcome.head);
    } else {
      this.#heads.delete(segmentId);
    }
  }

  #begin(params: OperationParams): OpenOperation {
    return this.#tools.recorder.begin(this.#drafts.draft(params));
  }
}
