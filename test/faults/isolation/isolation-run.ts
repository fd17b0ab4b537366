import { isDeepStrictEqual } from "node:util";
import { isSeglogError } from "../../../src/model/errors.js";
import { parseSegmentId, parseSessionId } from "../../../src/model/id.js";
import { comparable } from "./comparable.js";
import { Memory } from "./memory.js";
import { NAMESPACES, type Operation, requestsOf, tailFrom } from "./operations.js";
import { type Answer, type Call, type MethodName, World } from "./world.js";

/** What happened in all runs, for people to see that it did. */
export interface IsolationCounts {
  operations: number;
  /** Asked in the same turn by both, so that they share a commit. */
  beside: number;
  restarts: number;
  /** Asked for what only the other namespace has. */
  reachedAcross: number;
  idsTakenElsewhere: number;
  foreignTokens: number;
  failures: Record<string, number>;
}

/** What a namespace writes into its logs, and nobody else may ever read. */
const SECRETS = ["apple-secret", "berry-secret"] as const;

type By = Operation["by"];

/** A namespace's callers: what they know in the world that they share, and in one of their own, where only they write. */
interface Party {
  readonly by: By;
  readonly alone: World;
  readonly inShared: Memory;
  readonly inAlone: Memory;
}

/** What is to be asked in the shared world, and in one where its namespace is alone. */
interface Asked {
  readonly party: Party;
  readonly shared: Call;
  /** Undefined for what cannot be asked there, such as a tail from a token of the other. */
  readonly alone: Call | undefined;
}

/** Something of the other namespace showed. */
export class IsolationError extends Error {
  override readonly name = "IsolationError";
}

/**
 * Lets two namespaces work in one store, and each again in a store of its own: what a caller is told must be the same, or
 * something of the other one shows. Positions apart, which are the store's; and an id that the other has is taken.
 */
export async function runIsolation(operations: readonly Operation[], counts: IsolationCounts): Promise<void> {
  const worlds = await Promise.all([World.open(), World.open(), World.open()]);
  const [shared, ...alone] = worlds;
  const parties = alone.map((world, by): Party => ({ by: by as By, alone: world, inShared: new Memory(), inAlone: new Memory() })); // there are two
  try {
    await new IsolationRun(shared, parties, counts).run(operations);
  } finally {
    await Promise.all(worlds.map((world) => world.close()));
  }
}

class IsolationRun {
  readonly #shared: World;
  readonly #parties: readonly Party[];
  readonly #counts: IsolationCounts;
  readonly #asked: { readonly method: MethodName; readonly numbers: Parameters<typeof requestsOf>[1] }[] = [];
  #number = 0;

  constructor(shared: World, parties: readonly Party[], counts: IsolationCounts) {
    this.#shared = shared;
    this.#parties = parties;
    this.#counts = counts;
  }

  async run(operations: readonly Operation[]): Promise<void> {
    for (let at = 0; at < operations.length; ) {
      const [first, second] = operations.slice(at, at + 2);
      if (first === undefined) return;
      const isPair = second !== undefined && first.isBeside && first.by !== second.by && mayBeBeside(first) && mayBeBeside(second);
      const together = isPair ? [first, second] : [first];
      await this.#runTogether(together);
      this.#counts.operations += together.length;
      if (isPair) this.#counts.beside += 2;
      at += together.length;
    }
  }

  async #runTogether(operations: readonly Operation[]): Promise<void> {
    if (operations[0]?.what.type === "restart") {
      this.#counts.restarts++;
      for (const world of [this.#shared, ...this.#parties.map(({ alone }) => alone)]) await world.restart();
      return;
    }
    const asked = operations.map((operation) => this.#asking(operation)).filter((each) => each !== undefined);
    const answers = await Promise.all(asked.map(({ shared }) => this.#shared.ask(shared)));
    for (const [i, each] of asked.entries()) {
      const answer = answers[i];
      if (answer !== undefined) await this.#check(each, answer);
    }
  }

  #asking({ by, what }: Operation): Asked | undefined {
    const party = this.#parties[by];
    if (party === undefined || what.type === "restart") return undefined;
    const call = { namespace: NAMESPACES[by], number: ++this.#number };
    if (what.type === "foreignToken") {
      const { tokens } = this.#parties[1 - by]?.inShared ?? { tokens: [] };
      const token = tokens[what.token % Math.max(1, tokens.length)];
      if (token === undefined) return undefined;
      this.#counts.foreignTokens++;
      return { party, shared: { ...call, method: "tail", requests: [tailFrom(token, what.scope, what.numbers)] }, alone: undefined };
    }
    const asked = what.type === "ask" ? what : this.#asked.at(-1 - what.back);
    if (asked === undefined) return undefined;
    this.#asked.push(asked);
    const { method, numbers } = asked;
    const requests = (memory: Memory) => requestsOf(method, numbers, { by, secret: SECRETS[by], memory });
    return {
      party,
      shared: { ...call, method, requests: requests(party.inShared) },
      alone: { ...call, method, requests: requests(party.inAlone) },
    };
  }

  async #check({ party, shared, alone }: Asked, answer: Answer): Promise<void> {
    const { failures } = this.#counts;
    const reason = String(answer.error?.["reason"] ?? "OK");
    failures[reason] = (failures[reason] ?? 0) + 1;
    if (answer.raw.includes(SECRETS[party.by === 0 ? 1 : 0])) throw leak(shared, "holds words of the other namespace", answer);
    if (alone === undefined) {
      this.#checkForeign(shared, answer);
      return;
    }
    if (await this.#isTakenElsewhere(shared, answer)) {
      this.#counts.idsTakenElsewhere++;
      return;
    }
    if (reason.endsWith("_NOT_FOUND") && (await this.#isOfOther(shared))) this.#counts.reachedAcross++;
    const wanted = await party.alone.ask(alone);
    const [found, expected] = [comparable(answer), comparable(wanted)];
    if (!isDeepStrictEqual(found, expected)) {
      throw leak(shared, `differs from what a namespace that is alone is told:\n  wanted ${JSON.stringify(expected)}`, answer);
    }
    party.inShared.learn(answer, shared);
    party.inAlone.learn(wanted, alone);
  }

  /** A token of the other is good for nothing, unless it names what is the caller's own by now. */
  #checkForeign(call: Call, answer: Answer): void {
    const [request] = call.requests as readonly { readonly scope: { readonly case: string } }[]; // made by tailFrom
    const isRefused = ["BAD_RESUME_TOKEN", "SESSION_NOT_FOUND", "SEGMENT_NOT_FOUND"].includes(String(answer.error?.["reason"]));
    if (!isRefused && request?.scope.case === "store") throw leak(call, "goes on from a token of the other namespace", answer);
  }

  /** The one thing that shows: an id that the other has cannot be had. Nothing else may show with it. */
  async #isTakenElsewhere({ namespace, requests }: Call, { error }: Answer): Promise<boolean> {
    const { reason, message, metadata } = (error ?? {}) as { reason?: string; message?: string; metadata?: Record<string, string> }; // of a SeglogError
    if (reason !== "SEGMENT_EXISTS" && reason !== "SESSION_EXISTS") return false;
    const isSegment = reason === "SEGMENT_EXISTS";
    const id = metadata?.[isSegment ? "segment_id" : "session_id"] ?? "";
    const owner = await this.#ownerOf(isSegment, id);
    if (owner === undefined || owner === namespace) return false;
    const asked = JSON.stringify(requests, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
    const saysNoMore =
      Object.keys(metadata ?? {}).length === 1 &&
      message === `${isSegment ? "segment" : "session"} ${id} exists already` &&
      asked.includes(id);
    if (!saysNoMore) throw new IsolationError(`the refusal of an id that is taken elsewhere says more: ${message}`);
    return true;
  }

  async #ownerOf(isSegment: boolean, id: string): Promise<string | undefined> {
    const { store } = this.#shared;
    try {
      return (isSegment ? await store.getSegment(parseSegmentId(id)) : await store.getSession(parseSessionId(id))).namespace;
    } catch (error) {
      if (isSeglogError(error)) return undefined;
      throw error;
    }
  }

  async #isOfOther({ namespace, requests }: Call): Promise<boolean> {
    const [request = {}] = requests as readonly { readonly segmentId?: string; readonly sessionId?: string }[];
    const { segmentId, sessionId } = request;
    const owner = segmentId !== undefined ? await this.#ownerOf(true, segmentId) : await this.#ownerOf(false, sessionId ?? "");
    return owner !== undefined && owner !== namespace;
  }
}

/** What deletes decides whether an id is taken: beside it nobody could say whether it was. */
function mayBeBeside({ what }: Operation): boolean {
  return what.type === "ask" && what.method !== "deleteSession" && what.method !== "deleteSegment";
}

function leak({ namespace, method, requests }: Call, what: string, { messages, error }: Answer): IsolationError {
  const text = (value: unknown) => JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? String(each) : each));
  return new IsolationError(`what ${method} tells ${namespace} ${what}\n  asked  ${text(requests)}\n  given  ${text({ messages, error })}`);
}
