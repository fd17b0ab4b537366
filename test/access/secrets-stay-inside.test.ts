import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { serveForCli } from "../support/cli.js";
import { temporaryFolder } from "../support/temporary-folder.js";

test("tokens stand in no log line, no error, no list and no file of the store", async () => {
  const folder = temporaryFolder();
  const pods = join(folder, "pods.sock");
  const served = await serveForCli(["--log-level", "debug", "--listen", `unix:${pods},role=append,tokens=required`], folder);
  const { child, seglog, print } = served;

  const token = await print(["token", "create", "--role", "append", "--namespace", "garden"]);
  const [, tokenId = "", secret = ""] = /^seglog_(\w{26})_(.{43})$/.exec(token) ?? [];
  const guess = `${token.slice(0, -3)}${token.endsWith("AAA") ? "BBB" : "AAA"}`;
  const as = (text: string) => ({ env: { SEGLOG_TOKEN: text } });

  const told = [
    await seglog(["create", "--socket", pods], as(token)),
    await seglog(["status", "--socket", pods, "--json"], as(token)),
    await seglog(["status", "--socket", pods], as(guess)),
    await seglog(["status", "--socket", pods], as(`${token}\n\u001b[31m`)),
    await seglog(["status", "--address", "192.0.2.1:7443"], as(token)),
    await seglog(["token", "list"], as(token)),
    await seglog(["token", "list", "--json"]),
    await seglog(["token", "revoke", tokenId]),
    await seglog(["status", "--socket", pods], as(token)),
    await seglog(["token", "revoke", token]),
  ];
  child.process.kill("SIGTERM");
  await child.ended();

  expect(told.map(({ exitCode }) => exitCode)).toEqual([0, 0, 1, 1, 1, 1, 0, 0, 1, 2]);
  const files = readdirSync(join(folder, "data")).map((name) => readFileSync(join(folder, "data", name), "latin1"));
  const everything = [child.stderr, JSON.stringify(told), ...files].join("\n");
  expect(secret).toHaveLength(43);
  expect(everything).not.toContain(secret.slice(0, 20));
  expect(everything).not.toContain(secret.slice(-20, -3));
  expect(child.stderr).toContain(`"a token was created"`);
  expect(child.stderr).toContain(tokenId);
});
