import { renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sessionFolder } from "../../../src/cli/mirror/folder-contents.js";
import { FolderCopy } from "../../../src/cli/mirror/folder-copy.js";
import { aSegment, newId } from "../../support/a-segment.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { startTestDaemon } from "../../support/test-daemon.js";

test("a copy that could not be made durable once is not durable from then on", async () => {
  const { client } = await startTestDaemon();
  const source = { client, signal: new AbortController().signal };
  const folder = temporaryFolder();
  const copy = new FolderCopy({ source, folder, id: newId(), scope: "store" });
  const place = await aSegment(client);
  await copy.sync(place, { mayRemove: true });
  const [there, elsewhere] = [sessionFolder(folder, place.sessionId), join(folder, "elsewhere")];
  renameSync(there, elsewhere);
  symlinkSync(elsewhere, there);
  await expect(copy.flush()).rejects.toThrow(/is no folder of its own/);

  rmSync(there);
  renameSync(elsewhere, there);

  await expect(copy.flush()).rejects.toThrow(/is no folder of its own/);
});
