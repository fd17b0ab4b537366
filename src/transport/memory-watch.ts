import { overloaded } from "../model/errors.js";

/** What memory the process uses, in bytes. */
export interface ProcessMemory {
  /** What no file stands behind, as the system counts it. It may stay where it was when what it was for is gone. */
  anonymousBytes(): number;
  /** What is in use of that, as far as the runtime knows. Asked only where the other is above the limit, for it takes its time. */
  usedBytes(): number;
}

/** How often it is looked, in milliseconds. */
export const LOOK_MS = 250;

/** How often it is asked what is in use, in milliseconds. */
const ASK_MS = 2000;

/** Says when memory is short. */
export class MemoryWatch {
  readonly #bytesMax: number;
  readonly #memory: ProcessMemory | undefined;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #askedMs = Number.NEGATIVE_INFINITY;
  #isShort = false;

  /** @param bytesMax with more than so many it is */
  constructor(bytesMax: number, memory: ProcessMemory | undefined) {
    this.#bytesMax = bytesMax;
    this.#memory = memory;
  }

  /** Lets a call in. @throws SeglogError OVERLOADED */
  check(): void {
    if (this.#isShort) throw overloaded(this.#bytesMax);
  }

  /** Looks anew, where that is some time ago; whether memory is short. */
  look(): boolean {
    const nowMs = performance.now();
    if (this.#memory === undefined || nowMs - this.#lookedMs < LOOK_MS) return this.#isShort;
    this.#lookedMs = nowMs;
    this.#isShort = this.#memory.anonymousBytes() > this.#bytesMax && this.#isInUse(this.#memory, nowMs);
    return this.#isShort;
  }

  /** What the allocator keeps for later is no reason to refuse anything: half of the limit has to be in use. */
  #isInUse(memory: ProcessMemory, nowMs: number): boolean {
    if (nowMs - this.#askedMs < ASK_MS) return this.#isShort;
    this.#askedMs = nowMs;
    return memory.usedBytes() > this.#bytesMax / 2;
  }
}
