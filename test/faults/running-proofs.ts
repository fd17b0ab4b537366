import type { Proof } from "./proof.js";
import { storageErrorsProof } from "./proofs/storage-errors.js";

/** The proofs of disks that fail, of starts, and of running on. */
export const RUNNING_PROOFS: readonly Proof[] = [storageErrorsProof];
