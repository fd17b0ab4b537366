import { isDeepStrictEqual } from "node:util";
import { isSeglogError, type SeglogError } from "../../../src/model/errors.js";
import { type Sight, WHOLE_SIGHT } from "../../../src/model/namespace.js";
import type { FeedScope } from "../../../src/store/feed.js";
import { segment, session } from "../contract/sample-entries.js";
import type { StoreUnderTest } from "../contract/store-under-test.js";
import { readAll, readFeedWhole } from "../contract/whole-reads.js";
import { answerText } from "../contract/writes.js";
import { type Command, SEGMENTS, SESSIONS, SIGHTS } from "./commands.js";
import { LawSteps, type Step, scopeOf } from "./law-steps.js";
import { Refusal, type StoreModel } from "./model.js";

/** What happened in all sequences, for people to see that it did. */
export interface LawCounts {
  commands: number;
  restarts: number;
  conflicts: number;
  forks: number;
  replays: number;
  refusals: Record<string, number>;
}

/** Runs commands against a store and the model, and throws where they differ. */
export class LawRun {
  readonly #stores: StoreUnderTest;
  readonly #model: StoreModel;
  readonly #counts: LawCounts;
  readonly #steps: LawSteps;
  #sight = WHOLE_SIGHT;

  constructor(stores: StoreUnderTest, model: StoreModel, counts: LawCounts) {
    this.#stores = stores;
    this.#model = model;
    this.#counts = counts;
    this.#steps = new LawSteps(stores, model);
  }

  /** @param together most writes that are asked at once, where they follow each other */
  async run(commands: readonly Command[], together = 1): Promise<void> {
    for (let at = 0; at < commands.length; ) {
      const burst = firstBurst(commands.slice(at, at + together));
      this.#model.nowMs += 7;
      this.#counts.commands += burst.length;
      if (burst.length === 1) for (const command of burst) await this.#runOne(command);
      else await this.#runTogether(burst);
      at += burst.length;
    }
    await this.#compareFor(WHOLE_SIGHT);
    await this.#stores.reopen();
    for (const sight of SIGHTS) await this.#compareFor(sight);
  }

  async #runOne(command: Command): Promise<void> {
    if (command.type === "restart") {
      this.#counts.restarts++;
      await this.#stores.reopen();
      return;
    }
    if (command.type === "wait") {
      this.#model.nowMs += command.hours * 3_600_000;
      return;
    }
    const step = this.#steps.stepOf(command);
    if (step !== undefined) this.#count(await this.#compare(command, step));
  }

  /** Writes that are asked before any is answered, as of many clients: they share a commit, and go in their order. */
  async #runTogether(burst: readonly Command[]): Promise<void> {
    const asked: Promise<ModelOutcome>[] = [];
    for (const command of burst) {
      const step = isWrite(command) ? this.#steps.stepOf(command) : undefined;
      if (step === undefined) continue;
      const found = settledInStore(step.inStore);
      const wanted = settledInModel(step.inModel);
      asked.push(found.then((outcome) => this.#same(command, { found: outcome, wanted })));
    }
    for (const outcome of await Promise.all(asked)) this.#count(outcome);
  }

  async #compare(command: unknown, { inModel, inStore }: Step): Promise<ModelOutcome> {
    return this.#same(command, { wanted: settledInModel(inModel), found: await settledInStore(inStore) });
  }

  #same(command: unknown, { wanted, found }: { readonly wanted: ModelOutcome; readonly found: ModelOutcome }): ModelOutcome {
    if (isDeepStrictEqual(found, wanted)) return wanted;
    throw new Error(`${answerText(command)}\n  gave   ${answerText(found)}\n  wanted ${answerText(wanted)}`);
  }

  /** Everything that can be asked by somebody, of everything that there may be. */
  async #compareFor(sight: Sight): Promise<void> {
    const model = this.#model;
    model.sight = sight;
    this.#sight = sight;
    const { namespace } = sight;
    await this.#compare(["use", namespace], { inModel: () => model.use(namespace), inStore: () => this.#store.namespaceUse() });
    const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
    const scopes: FeedScope[] = [
      { type: "store" },
      { type: "namespace", namespace: "b" },
      ...numbers(SESSIONS).map((n) => scopeOf("session", n, 0)),
    ];
    for (const n of numbers(SESSIONS)) for (const m of numbers(SEGMENTS)) scopes.push(scopeOf("segment", n, m));
    const all = { afterPosition: 0, eventsAfterPosition: 0 };
    for (const scope of scopes) {
      await this.#compare(["feed", scope], { inModel: () => model.feed(scope, all), inStore: () => readFeedWhole(this.#store, scope) });
      await this.#compare(["fate", scope], { inModel: () => model.fate(scope), inStore: () => this.#store.fateOf(scope) });
    }
    for (const n of numbers(SESSIONS)) {
      await this.#compare(["session", n], { inModel: () => model.session(session(n)), inStore: () => this.#store.getSession(session(n)) });
    }
    for (const n of numbers(SEGMENTS)) await this.#compareSegment(n);
    await this.#compare("list", { inModel: () => model.list(), inStore: () => this.#store.listSegments({ limit: 100 }) });
    for (const namespace of [undefined, "default", "b", "c"]) {
      await this.#compare(["sessions", namespace], {
        inModel: () => model.listSessions(namespace),
        inStore: () => this.#store.listSessions({ limit: 100, ...(namespace !== undefined && { namespace }) }),
      });
    }
    await this.#compare("head", { inModel: () => model.headPosition, inStore: async () => this.#store.headPosition });
  }

  async #compareSegment(n: number): Promise<void> {
    const model = this.#model;
    const segmentId = segment(n);
    await this.#compare(["segment", n], { inModel: () => model.info(segmentId), inStore: () => this.#store.getSegment(segmentId) });
    const there = model.segments.get(segmentId);
    if (there === undefined || !model.isSeen(segmentId)) return;
    await this.#compare(["entries", n], {
      inModel: () => there.entries.map(({ entry: _, commitMs: __, ...stored }) => stored),
      inStore: () => readAll(this.#store, segmentId),
    });
    await this.#compare(["trace", n], {
      inModel: () => there.traces,
      inStore: async () => {
        const page = await this.#store.readTrace({ segmentId, fromIndex: 0, limit: 1000, bytesMax: 1 << 20 });
        return page.entries.map((bytes) => Buffer.from(bytes).toString("hex"));
      },
    });
  }

  #count(outcome: ModelOutcome): void {
    if ("refused" in outcome) {
      this.#counts.refusals[outcome.refused] = (this.#counts.refusals[outcome.refused] ?? 0) + 1;
      if (outcome.refused === "HEAD_MISMATCH") this.#counts.conflicts++;
      return;
    }
    const { gave } = outcome;
    if (typeof gave !== "object" || gave === null || !("replayed" in gave)) return;
    if (gave.replayed === true) this.#counts.replays++;
    if (
      "result" in gave &&
      typeof gave.result === "object" &&
      gave.result !== null &&
      "forked" in gave.result &&
      gave.result.forked === true
    ) {
      this.#counts.conflicts++;
      this.#counts.forks++;
    }
  }

  get #store() {
    return this.#stores.store.seenBy(this.#sight);
  }
}

type WriteCommand = Extract<Command, { readonly request: unknown } | { readonly type: "import" | "trace" | "retry" }>;

function isWrite(command: Command): command is WriteCommand {
  return "request" in command || command.type === "import" || command.type === "trace" || command.type === "retry";
}

/** The writes that commands begin with, or else the first command alone. */
function firstBurst(commands: readonly Command[]): readonly Command[] {
  const end = commands.findIndex((command) => !isWrite(command));
  return commands.slice(0, end === -1 ? commands.length : Math.max(1, end));
}

type ModelOutcome = { readonly gave: unknown } | { readonly refused: string; readonly head?: unknown };

function settledInModel(step: () => unknown): ModelOutcome {
  try {
    return { gave: step() };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.head === undefined
      ? { refused: error.reason }
      : { refused: error.reason, head: [String(error.head.entryCount), String(error.head.headPosition)] };
  }
}

async function settledInStore(step: () => Promise<unknown>): Promise<ModelOutcome> {
  try {
    return { gave: await step() };
  } catch (error) {
    if (!isSeglogError(error)) throw error;
    return error.reason === "HEAD_MISMATCH" ? { refused: error.reason, head: headIn(error) } : { refused: error.reason };
  }
}

function headIn({ metadata }: SeglogError): readonly (string | undefined)[] {
  return [metadata["entry_count"], metadata["head_position"]];
}
