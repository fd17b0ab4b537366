import type { BenchCase } from "../bench-case.js";
import { forkCases } from "./fork.js";
import { listCases } from "./lists.js";
import { memoryCases } from "./memory.js";
import { restoreCases } from "./restore.js";
import { scanCases } from "./scan.js";
import { startCases } from "./start.js";
import { tailCatchingUpCases } from "./tail-catching-up.js";
import { tailDelayCases } from "./tail-delay.js";
import { tailFollowingCases } from "./tail-following.js";

/** What those who read are given: tails, restores, forks, lists; then what the daemon itself takes. */
export const readSideCases: readonly BenchCase[] = [
  ...tailFollowingCases,
  ...tailCatchingUpCases,
  ...tailDelayCases,
  ...restoreCases,
  ...forkCases,
  ...scanCases,
  ...listCases,
  ...startCases,
  ...memoryCases,
];
