import { type Random, seededRandom } from "../../../journeys/load/random.js";
import type { Answer, Attempt, Head, History, Operation, Outcome, Read } from "../history.js";
import { SimulatedStore } from "./simulated-store.js";
import { SimulatedTail } from "./simulated-tail.js";

const CLIENTS = 4;
const ROOTS = ["root-0", "root-1", "root-2"] as const;
const STEP_NS = 1000;

/** A valid history of a store in plain memory, as a seed decides: what a checker must find nothing in. */
export function simulatedHistory(seed: number, steps: number): History {
  const simulation = new Simulation(seededRandom(seed));
  for (let step = 0; step < steps; step++) simulation.step();
  return simulation.history();
}

class Simulation {
  readonly #random: Random;
  readonly #store = new SimulatedStore();
  readonly #operations: Operation[] = [];
  readonly #reads: Read[] = [];
  readonly #tails: readonly SimulatedTail[];
  readonly #freeNs: number[] = Array.from({ length: CLIENTS }, () => 0);
  readonly #believed = new Map<string, Head>();
  #nowNs = 100 * STEP_NS;
  #counter = 0;

  constructor(random: Random) {
    this.#random = random;
    const [first, second, third] = ROOTS;
    for (const segmentId of [first, second, third]) this.#create(segmentId);
    this.#tails = [
      new SimulatedTail(this.#store, { type: "store" }, random),
      new SimulatedTail(this.#store, { type: "session", sessionId: "session-0" }, random),
      new SimulatedTail(this.#store, { type: "segment", segmentId: second }, random),
    ];
  }

  step(): void {
    this.#nowNs += STEP_NS;
    const chance = this.#random();
    if (chance < 0.45) this.#append();
    else if (chance < 0.52) this.#cut();
    else if (chance < 0.55) this.#fork();
    else if (chance < 0.75) this.#read();
    else this.#pick(this.#tails).move(this.#nowNs);
  }

  history(): History {
    for (const tail of this.#tails) tail.finish(++this.#nowNs);
    const tails = this.#tails.flatMap((tail) => tail.tails);
    return { operations: this.#operations, reads: this.#reads, tails, final: this.#store.final() };
  }

  #create(segmentId: string): void {
    this.#store.open(segmentId, { sessionId: segmentId === ROOTS[2] ? "session-1" : "session-0" });
    this.#note({ kind: "create", segmentId, values: [], forksOnConflict: false }, this.#answered(segmentId));
  }

  #append(): void {
    const segmentId = this.#pick(this.#store.segmentIds.slice(0, 8));
    const id = `w:${this.#counter}`;
    const values = Array.from({ length: 1 + Math.floor(this.#random() * 3) }, (_, part) => `${id}:${part}`);
    const head = this.#store.headOf(segmentId);
    // What was believed once: mostly still so, sometimes overtaken.
    const known = this.#random() < 0.7 ? head : (this.#believed.get(segmentId) ?? head);
    const believed = this.#random() < 0.8 ? known : undefined;
    const forksOnConflict = segmentId !== ROOTS[1] && this.#random() < 0.5;
    const asked = { kind: "append", segmentId, values, forksOnConflict, ...(believed && { believed }) } as const;
    this.#believed.set(segmentId, head);
    if (believed !== undefined && believed.headPosition !== head.headPosition) {
      const isPrefix = this.#store.logOf(segmentId)[believed.entryCount - 1]?.position === believed.headPosition;
      if (!forksOnConflict || !isPrefix) return this.#note(asked, { type: "fail", reason: "HEAD_MISMATCH", head });
      const newSegmentId = `branch-${this.#counter}`;
      this.#store.open(newSegmentId, { base: { segmentId, entryCount: believed.entryCount } });
      this.#store.append(newSegmentId, values);
      return this.#note(asked, this.#answered(newSegmentId, { firstIndex: 1, forked: true }));
    }
    const isLost = this.#random() < 0.05;
    if (isLost) return this.#note(asked, { type: "unknown" });
    this.#store.append(segmentId, values);
    this.#note(asked, this.#answered(segmentId, { firstIndex: head.entryCount }));
  }

  #cut(): void {
    const segmentId = this.#pick(this.#store.segmentIds.slice(0, 4));
    const head = this.#store.headOf(segmentId);
    const keptCount = Math.max(1, head.entryCount - Math.floor(this.#random() * 4) - 1);
    const asked = { kind: "truncate", segmentId, values: [], forksOnConflict: false, keptCount, believed: head } as const;
    if (keptCount < this.#store.neededCount(segmentId)) return this.#note(asked, { type: "fail", reason: "HAS_DEPENDENTS" });
    if (keptCount === head.entryCount) return;
    const removedCount = this.#store.cut(segmentId, keptCount);
    this.#note(asked, this.#answered(segmentId, { removedCount }));
  }

  #fork(): void {
    const segmentId = ROOTS[0];
    const keptCount = Math.ceil(this.#random() * this.#store.headOf(segmentId).entryCount);
    const newSegmentId = `fork-${this.#counter}`;
    this.#store.open(newSegmentId, { base: { segmentId, entryCount: keptCount } });
    this.#note({ kind: "fork", segmentId, newSegmentId, values: [], forksOnConflict: false, keptCount }, this.#answered(newSegmentId));
  }

  #read(): void {
    const segmentId = this.#pick(this.#store.segmentIds);
    const { invokeNs, endNs } = this.#span();
    const log = this.#store.logOf(segmentId);
    const entries = log.slice(Math.floor(this.#random() * log.length));
    const found =
      this.#random() < 0.3 ? { type: "head" as const, head: this.#store.headOf(segmentId) } : { type: "entries" as const, entries };
    this.#reads.push({ id: `r:${this.#reads.length}`, segmentId, invokeNs, endNs, found });
  }

  /** Writes an operation down. Some are retried: after an answer that was lost, or to see that the answer stays. */
  #note(asked: Omit<Operation, "id" | "attempts" | "requestId">, outcome: Outcome): void {
    const span = this.#span();
    const attempts: Attempt[] = [{ ...span, outcome }];
    const isRetried = outcome.type === "ok" && this.#random() < 0.3;
    if (isRetried) {
      if (this.#random() < 0.5) attempts[0] = { ...span, outcome: { type: "unknown" } };
      const endNs = span.endNs + STEP_NS;
      attempts.push({ invokeNs: span.endNs + 1, endNs, outcome: { ...outcome, answer: { ...outcome.answer, replayed: true } } });
    } else if (outcome.type === "ok" && this.#random() < 0.1) {
      attempts[0] = { ...span, outcome: { type: "unknown" } };
    }
    this.#operations.push({ id: `w:${this.#counter++}`, ...asked, ...(isRetried && { requestId: `q${this.#counter}` }), attempts });
  }

  /** A time around now in which some client had nothing else to do. */
  #span(): { readonly invokeNs: number; readonly endNs: number } {
    const client = this.#freeNs.indexOf(Math.min(...this.#freeNs));
    if (this.#freeNs[client]! >= this.#nowNs) this.#nowNs = this.#freeNs[client]! + STEP_NS;
    const invokeNs = Math.max(this.#freeNs[client]! + 1, this.#nowNs - Math.floor(this.#random() * 5 * STEP_NS));
    const endNs = this.#nowNs + Math.floor(this.#random() * 5 * STEP_NS);
    this.#freeNs[client] = endNs;
    return { invokeNs, endNs };
  }

  #answered(segmentId: string, more: Partial<Answer> = {}): Outcome {
    return { type: "ok", answer: { segmentId, ...this.#store.headOf(segmentId), forked: false, replayed: false, ...more } };
  }

  #pick<T>(things: readonly T[]): T {
    const thing = things[Math.floor(this.#random() * things.length)];
    if (thing === undefined) throw new Error("nothing to pick from");
    return thing;
  }
}
