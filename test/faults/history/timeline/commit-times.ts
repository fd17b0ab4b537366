/** Something that is known of when a change was committed. */
export interface TimeFact {
  readonly ns: number;
  readonly kind:
    | "asked" // not before it was asked for
    | "not shown" // not before a read began that does not show it
    | "not tailed" // not before a tail began that leaves it for later
    | "answered" // before it was answered
    | "shown" // before a read ended that shows it
    | "tailed" // before a tail gave it
    | "covered"; // before a position was told that covers it
  readonly text: () => string;
}

/** Two facts that cannot both be: the first change was committed before the second one, and the facts say the reverse. */
export interface Contradiction {
  /** Of the change that comes first. */
  readonly notBefore: TimeFact;
  /** Of it or of one behind it. */
  readonly notAfter: TimeFact;
  readonly isSameChange: boolean;
}

/**
 * When each change was committed, as far as can be told. Changes are committed in the order of their positions, so what
 * bounds one from below bounds all behind it, and what bounds one from above all before it.
 */
export class CommitTimes {
  readonly #notBefore: (TimeFact | undefined)[];
  readonly #notAfter: (TimeFact | undefined)[];
  readonly #earliest: { readonly fact: TimeFact; readonly of: number }[] = [];
  readonly #latest: { readonly fact: TimeFact; readonly of: number }[] = [];

  /** @param count how many changes there are */
  constructor(count: number) {
    this.#notBefore = Array.from({ length: count });
    this.#notAfter = Array.from({ length: count });
  }

  /** A change was not committed before a time. */
  notBefore(change: number, fact: TimeFact): void {
    const known = this.#notBefore[change];
    if (change < this.#notBefore.length && (known === undefined || known.ns < fact.ns)) this.#notBefore[change] = fact;
  }

  /** A change was committed by a time. */
  notAfter(change: number, fact: TimeFact): void {
    const known = this.#notAfter[change];
    if (change >= 0 && (known === undefined || known.ns > fact.ns)) this.#notAfter[change] = fact;
  }

  /** Takes in all that was told. To be called before what is below. */
  settle(): void {
    const count = this.#notBefore.length;
    let bound = { fact: ALWAYS, of: -1 };
    for (let i = 0; i < count; i++) {
      const fact = this.#notBefore[i];
      if (fact !== undefined && fact.ns > bound.fact.ns) bound = { fact, of: i };
      this.#earliest[i] = bound;
    }
    bound = { fact: NEVER, of: count };
    for (let i = count - 1; i >= 0; i--) {
      const fact = this.#notAfter[i];
      if (fact !== undefined && fact.ns < bound.fact.ns) bound = { fact, of: i };
      this.#latest[i] = bound;
    }
  }

  /** A change was committed at this time or later, in nanoseconds. */
  earliestNs(change: number): number {
    return this.#earliest[change]?.fact.ns ?? Number.NEGATIVE_INFINITY;
  }

  /** A change was committed at this time or before, in nanoseconds. */
  latestNs(change: number): number {
    return this.#latest[change]?.fact.ns ?? Number.POSITIVE_INFINITY;
  }

  /** What does not go together. */
  *contradictions(): Generator<Contradiction> {
    for (const [i, earliest] of this.#earliest.entries()) {
      const latest = this.#latest[i];
      if (latest === undefined || earliest.fact.ns <= latest.fact.ns) continue;
      yield { notBefore: earliest.fact, notAfter: latest.fact, isSameChange: earliest.of === latest.of };
    }
  }
}

const nothing = () => "";
const ALWAYS: TimeFact = { ns: Number.NEGATIVE_INFINITY, kind: "asked", text: nothing };
const NEVER: TimeFact = { ns: Number.POSITIVE_INFINITY, kind: "answered", text: nothing };
