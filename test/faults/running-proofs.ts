import type { Proof } from "./proof.js";
import { changedFileProof } from "./proofs/changed-file.js";
import { clockJumpsProof } from "./proofs/clock-jumps.js";
import { exhaustionProof } from "./proofs/exhaustion.js";
import { fullDiskProof } from "./proofs/full-disk.js";
import { hungFlushProof } from "./proofs/hung-flush.js";
import { ownerRacesProof } from "./proofs/owner-races.js";
import { soakProof } from "./proofs/soak.js";
import { startChecksProof } from "./proofs/start-checks.js";
import { stopsProof } from "./proofs/stops.js";
import { storageErrorsProof } from "./proofs/storage-errors.js";

/** The proofs of disks that fail, of starts, and of running on. */
export const RUNNING_PROOFS: readonly Proof[] = [
  storageErrorsProof,
  hungFlushProof,
  fullDiskProof,
  changedFileProof,
  startChecksProof,
  ownerRacesProof,
  stopsProof,
  clockJumpsProof,
  exhaustionProof,
  soakProof,
];
