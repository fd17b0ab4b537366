import type { Proof } from "./proof.js";
import { ackAfterFlushProof } from "./proofs/ack-after-flush.js";
import { damagedFilesProof } from "./proofs/damaged-files.js";
import { diskImagesProof } from "./proofs/disk-images.js";
import { historyProof } from "./proofs/history.js";
import { hostileClientsProof } from "./proofs/hostile-clients.js";
import { hotBackupProof } from "./proofs/hot-backup.js";
import { killProof } from "./proofs/kill.js";
import { killAtIoProof } from "./proofs/kill-at-io.js";
import { killCopiesProof } from "./proofs/kill-copies.js";
import { killRaceProof } from "./proofs/kill-race.js";
import { namespacesProof } from "./proofs/namespaces.js";
import { powerCutProof } from "./proofs/power-cut.js";
import { sessionFloodProof } from "./proofs/session-flood.js";
import { tornRootProof } from "./proofs/torn-root.js";
import { RUNNING_PROOFS } from "./running-proofs.js";

/** Every proof, in the order in which they run. */
export const PROOFS: readonly Proof[] = [
  ackAfterFlushProof,
  killProof,
  killRaceProof,
  killAtIoProof,
  powerCutProof,
  diskImagesProof,
  tornRootProof,
  historyProof,
  hotBackupProof,
  killCopiesProof,
  damagedFilesProof,
  namespacesProof,
  sessionFloodProof,
  hostileClientsProof,
  ...RUNNING_PROOFS,
];
