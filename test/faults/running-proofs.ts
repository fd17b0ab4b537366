import type { Proof } from "./proof.js";
import { changedFileProof } from "./proofs/changed-file.js";
import { fullDiskProof } from "./proofs/full-disk.js";
import { hungFlushProof } from "./proofs/hung-flush.js";
import { ownerRacesProof } from "./proofs/owner-races.js";
import { stopsProof } from "./proofs/stops.js";
import { storageErrorsProof } from "./proofs/storage-errors.js";

/** The proofs of disks that fail, of starts, and of running on. */
export const RUNNING_PROOFS: readonly Proof[] = [
  storageErrorsProof,
  hungFlushProof,
  fullDiskProof,
  changedFileProof,
  ownerRacesProof,
  stopsProof,
];
