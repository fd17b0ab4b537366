import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli, serveForCli } from "../support/cli.js";
import { filesBelow } from "../support/jsonl-layout.js";

test("namespaces are exported each by itself, of a daemon and of a store without one; all together is said", async () => {
  const { folder, child, print, seglog } = await serveForCli();
  for (const namespace of ["team-a", "team-b"]) {
    const token = await print(["token", "create", "--role", "append", "--namespace", namespace]);
    await print(["create"], { env: { SEGLOG_TOKEN: token } });
  }
  const exported = (name: string) => filesBelow(join(folder, name));
  const both = "sessions of 2 namespaces lie beside each other: team-a, team-b; --namespace keeps them apart\n";

  const live = await seglog(["export", "--out", join(folder, "live")]);
  await print(["export", "--namespace", "team-a", "--out", join(folder, "live-a")]);
  child.process.kill("SIGTERM");
  await child.ended();
  const fromStore = ["export", "--from-store", join(folder, "data"), "--json"];
  const saved = await runCli([...fromStore, "--out", join(folder, "saved")]);
  const savedA = await runCli([...fromStore, "--namespace", "team-a", "--out", join(folder, "saved-a")]);

  expect([live.stderr, saved.stderr, savedA.stderr]).toEqual([both, both, ""]);
  expect([live.exitCode, saved.exitCode, savedA.exitCode]).toEqual([0, 0, 0]);
  expect(Object.keys(exported("live-a"))).toHaveLength(1);
  expect(Object.keys(exported("live"))).toHaveLength(2);
  expect(exported("saved")).toEqual(exported("live"));
  expect(exported("saved-a")).toEqual(exported("live-a"));
  const namespaces = saved.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).namespaceId);
  expect(namespaces.sort()).toEqual(["team-a", "team-b"]);
});
