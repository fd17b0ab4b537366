import { checkHistory } from "../check-history.js";
import type { History } from "../history.js";
import type { Law } from "../law.js";
import { PLANTED_IN_THE_STORE } from "./in-the-store.js";
import { PLANTED_IN_WHAT_IS_TOLD } from "./in-what-is-told.js";
import { draftOf, type Planted } from "./planted.js";

/** Every violation that can be planted. */
export const PLANTED: readonly Planted[] = [...PLANTED_IN_THE_STORE, ...PLANTED_IN_WHAT_IS_TOLD];

/** What became of a violation that was planted. */
export interface Naming {
  readonly planted: Planted;
  /** Whether the history had something that it could happen to. */
  readonly isPlanted: boolean;
  /** The laws that the checker named. */
  readonly named: readonly Law[];
}

/** Plants each violation into a copy of a valid history, one at a time, and has that checked. */
export function namePlanted(history: History): readonly Naming[] {
  return PLANTED.map((planted) => {
    const draft = draftOf(history);
    const isPlanted = planted.plant(draft);
    return { planted, isPlanted, named: isPlanted ? [...new Set(checkHistory(draft).map(({ law }) => law))] : [] };
  });
}
