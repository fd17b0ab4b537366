import type { MessageInitShape } from "@bufbuild/protobuf";
import { BackupPhase, BackupRequestSchema, BackupResponseSchema } from "../../../gen/seglog/v1/admin_service_pb.js";
import { draining } from "../../model/errors.js";
import { decodeRequest } from "../../model/wire/decode-request.js";
import type { BackupProgress, BackupStep, MadeBackup } from "../../store/store-backups.js";
import { encode } from "../encode.js";
import type { CallContext } from "../handlers.js";
import type { AdminDeps } from "./admin-deps.js";

/** Copies the store into a file. */
export async function* backup({ backups, onBackup, stopping }: AdminDeps, bytes: Uint8Array, call: CallContext): AsyncIterable<Uint8Array> {
  const { path } = decodeRequest(BackupRequestSchema, bytes);
  if (stopping.aborted) throw draining();
  try {
    for await (const step of backups.backup(path, AbortSignal.any([call.signal, stopping]))) {
      if (step.type === "made") onBackup(step);
      yield encode(BackupResponseSchema, { event: eventOf(step) });
    }
  } catch (error) {
    throw stopping.aborted ? draining() : error;
  }
}

function eventOf(step: BackupStep): NonNullable<MessageInitShape<typeof BackupResponseSchema>["event"]> {
  return step.type === "made" ? { case: "result", value: resultOf(step) } : { case: "progress", value: progressOf(step) };
}

function resultOf({ path, byteSize, headPosition, storeId }: MadeBackup) {
  return { path, byteSize: BigInt(byteSize), headPosition: BigInt(headPosition), storeId };
}

function progressOf({ phase, doneBytes, totalBytes }: BackupProgress) {
  return { phase: PHASES[phase], doneBytes: BigInt(doneBytes), totalBytes: BigInt(totalBytes) };
}

const PHASES = {
  copying: BackupPhase.COPYING,
  verifying: BackupPhase.VERIFYING,
  flushing: BackupPhase.FLUSHING,
} as const satisfies Record<BackupProgress["phase"], BackupPhase>;
