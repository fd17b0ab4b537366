import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { parseSessionId } from "../../src/model/id.js";
import { entriesOf, segmentOf, stateOf } from "../support/a-segment.js";
import { MAIN } from "../support/cli.js";
import { startTestProcess } from "./daemon/test-process.js";
import { placed } from "./load/observer.js";

/** The system's own, for which Debian's packages are made, whatever else is in the path. */
const PYTHON = "/usr/bin/python3";
const PACKAGES = "python3-grpcio python3-protobuf protobuf-compiler";
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What the client prints, as far as it is not compared whole. */
interface Report {
  readonly session_id: string;
  readonly segment_id: string;
  readonly seen: readonly { readonly index: number; readonly position: number }[];
  readonly resumed: readonly { readonly index: number; readonly position: number }[];
}

test("a Python client with Debian's grpcio creates, appends, tails, resumes and restores", async ({ skip }) => {
  const missing = await missingTool();
  if (missing !== undefined && process.env["CI"] === undefined) {
    console.warn(`SKIPPED: the Python client was not tried, because ${missing}; to try it: apt-get install ${PACKAGES}`);
    skip(missing);
  }
  expect(missing, `wanted in CI: apt-get install ${PACKAGES}`).toBeUndefined();
  const { socket, client } = await startTestProcess(MAIN);

  const { stdout } = await run(PYTHON, [`${ROOT}test/journeys/python/client.py`, socket, `${ROOT}proto`, `${ROOT}third_party/googleapis`]);

  const report = JSON.parse(stdout) as Report; // what client.py prints
  expect(report).toMatchObject({
    first: { first_index: 1, entry_count: 3, replayed: false },
    again: { first_index: 1, entry_count: 3, replayed: true },
    conflict: {
      code: "ABORTED",
      infos: 1,
      domain: "seglog",
      reason: "HEAD_MISMATCH",
      metadata: { segment_id: report.segment_id, entry_count: "3", head_position: "3" },
    },
    missing: { code: "NOT_FOUND", infos: 1, domain: "seglog", reason: "SEGMENT_NOT_FOUND" },
    seen: [{ text: "segment_start" }, { text: "größer ✓" }, { text: "two" }],
    resumed: [{ text: "assistant_item" }, { text: "four" }],
    state: {
      system_prompt: "be brief",
      max_tokens: 100,
      entry_count: 5,
      history: [
        ["ROLE_USER", "größer ✓"],
        ["ROLE_USER", "two"],
        ["ROLE_ASSISTANT", "three"],
        ["ROLE_USER", "four"],
      ],
    },
  });
  const { segment_id: segmentId, seen, resumed } = report;
  const stored = (await entriesOf(client, segmentId)).map((entry) => placed(segmentId, entry));
  expect([...seen, ...resumed].map(({ index, position }) => ({ index, position }))).toEqual(
    stored.map(({ index, position }) => ({ index, position })),
  );
  expect(await segmentOf(client, segmentId)).toMatchObject({ sessionId: parseSessionId(report.session_id), entryCount: 5n });
  expect((await stateOf(client, segmentId)).history).toHaveLength(4);
});

const run = promisify(execFile);

/** What is not here of what the client needs; undefined where all of it is. */
async function missingTool(): Promise<string | undefined> {
  for (const [command, ...args] of [
    [PYTHON, "-c", "import grpc, google.protobuf"],
    ["protoc", "--version"],
  ] as const) {
    try {
      await run(command, args);
    } catch (error) {
      const [lastLine] = String(error instanceof Error ? error.message : error)
        .trim()
        .split("\n")
        .slice(-1);
      return `${command} ${args.join(" ")} failed (${lastLine})`;
    }
  }
  return undefined;
}
