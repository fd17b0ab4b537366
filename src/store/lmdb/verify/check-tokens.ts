import { allTokens } from "../tables/tokens.js";
import type { Check } from "./check.js";
import type { StoreView } from "./store-view.js";

/** Tokens: each record is as it was written. Nothing of one is told. */
export function checkTokens(check: Check, { reader }: StoreView): void {
  for (const token of allTokens(reader)) {
    check.looked();
    check.hold(token !== undefined, "has a token whose record fails its checksum; revoke it and create another");
  }
}
