import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { callAs } from "../support/call-as.js";
import { Child } from "../support/child.js";
import { environment, MAIN } from "../support/cli.js";
import { docBlocks } from "../support/doc-blocks.js";
import { isRoot } from "../support/is-root.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const PAGE = readFileSync("docs/access.md", "utf8");

test.runIf(isRoot)("the settings, commands and code of docs/access.md do what the page says", async () => {
  const folder = temporaryFolder();
  const port = await freePort();
  const page = PAGE.replaceAll("7443", String(port));
  writeFileSync(join(folder, "seglog.toml"), texts(page, "toml").join("\n"));
  symlinkSync(MAIN, join(folder, "seglog"));
  const env = { ...environment(folder), PATH: `${folder}:${dirname(process.execPath)}:${process.env["PATH"] ?? ""}` };
  const [tokens = "", certificates = "", network = ""] = texts(page, "sh");

  await ends(new Child("/bin/sh", ["-ec", certificates], { cwd: folder, env }));
  const daemon = new Child("seglog", ["serve", "--config", "seglog.toml"], { cwd: folder, env });
  expect(await daemon.line(), daemon.stderr).toContain("seglog listens on");
  const first = new Child("/bin/sh", ["-ec", `${withoutRevoke(tokens)}\ncat pod.token`], { cwd: folder, env });
  const printed = await ends(first);
  const code = await ends(new Child(process.execPath, [scriptIn(folder)], { cwd: folder, env }));
  const revoked = await ends(
    new Child("/bin/sh", ["-ec", `SEGLOG_SOCKET=run/seglog.sock; export SEGLOG_SOCKET\n${lastLine(tokens)}`], { cwd: folder, env }),
  );
  const over = await ends(new Child("/bin/sh", ["-ec", `export SEGLOG_SOCKET=run/seglog.sock\n${network}`], { cwd: folder, env }));
  const stranger = await callAs({ uid: 12_345, gid: 12_345 }, join(folder, "run", "garden.sock"), ["/seglog.v1.SegmentService/GetStatus"]);

  expect(printed.join("\n")).toMatch(/ start\nTOKEN .*\n\S{26} +append +garden .*pod 7\nseglog_\S{26}_\S{43}$/);
  expect(code.join("\n")).toMatch(/^\S{26}$/);
  expect(revoked.join("\n")).toMatch(/^revoked \S{26}$/);
  expect(over.join("\n")).toMatch(/^\S{26}\n\S+ UTC\n +0 .* start\nSERVING$/);
  expect(stranger).toEqual(["EACCES"]); // it may not pass through the folder of the test
});

function texts(page: string, language: string): string[] {
  return docBlocks(page, language).map(({ text }) => text);
}

function withoutRevoke(commands: string): string {
  return commands.trim().split("\n").slice(0, -1).join("\n");
}

function lastLine(commands: string): string {
  return commands.trim().split("\n").at(-1) ?? "";
}

/** The page's TypeScript, which is JavaScript too, beside a package of the name that it imports. */
function scriptIn(folder: string): string {
  const [code = ""] = texts(PAGE, "ts");
  const client = join(dirname(MAIN), "..", "src", "client", "index.js");
  mkdirSync(join(folder, "code"));
  writeFileSync(join(folder, "code", "client.mjs"), code.replace('"seglog/client"', JSON.stringify(client)));
  return join(folder, "code", "client.mjs");
}

/** What a process prints that must end well. */
async function ends(child: Child): Promise<string[]> {
  const lines: string[] = [];
  for (let line = await child.line(); line !== undefined; line = await child.line()) lines.push(line);
  expect(await child.ended(), child.stderr).toBe(0);
  return lines;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // of a TCP server
  await new Promise((resolve) => server.close(resolve));
  return port;
}
