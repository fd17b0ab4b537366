import { expect, test } from "vitest";
import { BackupRequestSchema } from "../../gen/seglog/v1/admin_service_pb.js";
import { DEFAULT_NAMESPACE, ROLES } from "../../src/model/caller.js";
import { backup } from "../../src/service/backup.js";
import { encode } from "../../src/service/encode.js";
import type { BackupStep } from "../../src/store/store-backups.js";

const MADE: BackupStep = { type: "made", path: "/backups/monday", byteSize: 4096, headPosition: 7, storeId: "01ARZ3NDEKTSV4RRFFQ69G5FAV" };

const CALLERS = ROLES.flatMap((role) => [true, false].map((seesAll) => ({ role, seesAll })));

test.each(CALLERS)(
  "a backup is for operators alone: not for $role where seesAll is $seesAll, unless that is admin and true",
  async ({ role, seesAll }) => {
    const asked: string[] = [];
    const told: BackupStep[] = [];
    const deps = {
      backups: {
        async *backup(path: string) {
          asked.push(path);
          yield MADE;
        },
      },
      onBackup: (made: BackupStep) => told.push(made),
      stopping: new AbortController().signal,
    };
    const call = { caller: { role, namespace: DEFAULT_NAMESPACE, seesAll }, connection: {}, signal: new AbortController().signal };

    const answers = drained(backup(deps, encode(BackupRequestSchema, { path: "/backups/monday" }), call));

    if (role !== "admin" || !seesAll) {
      await expect(answers).rejects.toMatchObject({ reason: "ROLE", metadata: { role, wanted_role: "admin" } });
      expect(asked).toEqual([]);
      return;
    }
    expect(await answers).toBe(1);
    expect({ asked, told }).toEqual({ asked: ["/backups/monday"], told: [MADE] });
  },
);

async function drained(answers: AsyncIterable<Uint8Array>): Promise<number> {
  let count = 0;
  for await (const _ of answers) count++;
  return count;
}
