import type { Proof } from "./proof.js";
import { hostileClientsProof } from "./proofs/hostile-clients.js";
import { killRaceProof } from "./proofs/kill-race.js";

/** Every proof, in the order in which they run. */
export const PROOFS: readonly Proof[] = [killRaceProof, hostileClientsProof];
