import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createSegmentClient } from "../../../src/client/segment-client.js";
import { aSegment, newId } from "../../support/a-segment.js";
import { Child } from "../../support/child.js";
import { environment, MAIN, runCli, serveForCli } from "../../support/cli.js";
import { foreign, segmentStart, userInput } from "../../support/entries.js";
import { ONE_TRY } from "../../support/one-try.js";

test("mirror tells how far it is, keeps that when it is interrupted, and goes on from there; what has no form ends with 6", async () => {
  const { folder, socket, seglog } = await serveForCli();
  const client = createSegmentClient({ socket }, ONE_TRY);
  onTestFinished(() => client.close());
  const { segmentId } = await aSegment(client, { entries: 3 });
  const copy = join(folder, "copy");
  const mirror = new Child(process.execPath, [MAIN, "mirror", "--to", copy, "--json", "--socket", socket], { env: environment(folder) });
  const first = JSON.parse((await mirror.line()) ?? "");

  await client.append({ segmentId, entries: [userInput("more")] });
  const second = await lineAt(mirror, "4");
  mirror.process.kill("SIGINT");
  const end = await mirror.ended();
  const [sessionId, other] = [newId(), newId()];
  await client.importSegment([{ sessionId, segmentId: other, entries: [segmentStart(sessionId), foreign("x")] }]);
  const last = await seglog(["mirror", "--to", copy, "--once"]);

  expect(first).toEqual({ position: "3", headPosition: "3", lagPositions: "0", lagSeconds: 0, entries: "3", compared: "1", leftOut: "0" });
  expect(second).toMatchObject({ entries: "4", lagPositions: "0" });
  expect(end).toBe(130);
  expect(last).toMatchObject({ exitCode: 6, stderr: expect.stringContaining("left out: 1") });
  expect(last.stdout).toMatch(/^position +6\nentries added +1\nsegments compared +1\nentries left out +1\n$/);
  const { resumeToken } = JSON.parse(readFileSync(join(copy, ".seglog-mirror.json"), "utf8"));
  expect(last.stdout + last.stderr + mirror.stderr).not.toContain(resumeToken);
});

test("a mirror to a place that there cannot be is wrong usage", async () => {
  const refused = await runCli(["mirror", "--to", "https://elsewhere"]);

  expect(refused).toMatchObject({ exitCode: 2, stdout: "", stderr: expect.stringContaining("of a kind that there is not") });
});

async function lineAt(mirror: Child, position: string): Promise<{ readonly position: string }> {
  for (;;) {
    const line = await mirror.line();
    if (line === undefined) throw new Error(`the mirror ended with ${await mirror.ended()}: ${mirror.stderr}`);
    const told = JSON.parse(line);
    if (told.position === position) return told;
  }
}
