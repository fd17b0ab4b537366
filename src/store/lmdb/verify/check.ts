import type { SegmentId } from "../../../model/id.js";

/** Something that does not prove right: where, and what. Never what stands there. */
export interface Finding {
  /** Name of the check, which is that of what it looks at. */
  readonly table: string;
  readonly segmentId?: SegmentId | undefined;
  /** Of an entry or a trace record of the segment. */
  readonly index?: number | undefined;
  /** Reads on from the place. */
  readonly problem: string;
}

/** Where a finding is, as far as it is of one segment. */
export type FindingPlace = Pick<Finding, "segmentId" | "index">;

/** What one check came to. */
export interface CheckReport {
  readonly name: string;
  /** How many things it looked at. */
  readonly checkedCount: number;
  /** What was left out, such as `the newest 1000`; undefined where it looked at everything. */
  readonly limit: string | undefined;
  readonly findingCount: number;
  /** The first of them. */
  readonly findings: readonly Finding[];
}

/** Findings of one check that are told one by one. */
const FINDINGS_MAX = 1000;

/** Counts what a check looks at, and gathers what it finds. */
export class Check {
  readonly #name: string;
  readonly #findings: Finding[] = [];
  #findingCount = 0;
  #checkedCount = 0;
  /** What is left out. */
  limit: string | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  /** Counts things that were looked at. */
  looked(count = 1): void {
    this.#checkedCount += count;
  }

  find(problem: string, { segmentId, index }: FindingPlace = {}): void {
    this.#findingCount++;
    if (this.#findings.length < FINDINGS_MAX) this.#findings.push({ table: this.#name, segmentId, index, problem });
  }

  /** Finds fault unless something holds; says whether it does. */
  hold(isTrue: boolean, problem: string, place: FindingPlace = {}): boolean {
    if (!isTrue) this.find(problem, place);
    return isTrue;
  }

  report(): CheckReport {
    return {
      name: this.#name,
      checkedCount: this.#checkedCount,
      limit: this.limit,
      findingCount: this.#findingCount,
      findings: this.#findings,
    };
  }
}
