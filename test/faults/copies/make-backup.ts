import type { BackupResult } from "../../../gen/seglog/v1/admin_service_pb.js";
import { createAdminClient } from "../../../src/client/admin-client.js";

/**
 * Has a daemon copy its store.
 *
 * @throws SegmentClientError
 */
export async function makeBackup(socket: string, path: string): Promise<BackupResult> {
  const admin = createAdminClient({ socket });
  try {
    for await (const { event } of admin.backup({ path })) if (event.case === "result") return event.value;
  } finally {
    admin.close();
  }
  throw new Error("a backup ended without a result");
}
