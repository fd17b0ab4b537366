import type { BackupPhase } from "../store/store-backups.js";
import { sizeText } from "./size-text.js";

/** How far a copy of a store is. */
export interface CopyStep {
  readonly phase: BackupPhase;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** How far a copy is: `copying     45 %  12.3 MiB of 27.0 MiB`. */
export function copyProgressText({ phase, doneBytes, totalBytes }: CopyStep): string {
  const name = phase.padEnd("verifying".length);
  if (phase !== "copying") return `${name}        ${sizeText(BigInt(totalBytes))}`;
  // What there is to do is an estimate: it may be too low.
  const percent = totalBytes === 0 ? 0 : Math.min(100, Math.floor((100 * doneBytes) / totalBytes));
  return `${name}  ${String(percent).padStart(3)} %  ${sizeText(BigInt(doneBytes))} of ${sizeText(BigInt(totalBytes))}`;
}
