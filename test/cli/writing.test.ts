import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Role } from "../../gen/seglog/v1/entry_pb.js";
import { aSegment, stateOf } from "../support/a-segment.js";
import { configChanged, textMessage, turnEnd, userInput } from "../support/entries.js";
import { daemonForFile } from "../support/file-daemon.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const parts = daemonForFile();
const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/;

test("compact keeps prompt and configuration, and has a summary for its history", async () => {
  const { client, lines, seglog } = parts();
  const { segment } = await client.createSegment({ state: { systemPrompt: "be brief" } });
  const segmentId = segment?.segmentId ?? "";
  await client.append({ segmentId, entries: [userInput("ask"), configChanged({ maxTokens: 7 }), turnEnd(4n)] });

  const [id = ""] = await lines(["compact", segmentId.slice(0, 25), "--summary", "we spoke"]);
  const [json = ""] = await lines(
    ["compact", segmentId, "--summary", "-", "--role", "system", "--at-turn", "2", "--expect", "4", "--json"],
    {
      input: "from afar\n",
    },
  );
  const behind = await seglog(["compact", segmentId, "--summary", "x", "--expect", "3"]);

  const second = JSON.parse(json);
  expect(id).toMatch(ULID);
  expect(await stateOf(client, id)).toMatchObject({
    systemPrompt: "be brief",
    config: { maxTokens: 7 },
    history: [textMessage(Role.USER, "we spoke")],
  });
  expect(second).toMatchObject({ compactedFrom: { segmentId, atTurn: "2" } });
  expect(await stateOf(client, second.segmentId)).toMatchObject({ history: [textMessage(Role.SYSTEM, "from afar")] });
  expect(behind).toMatchObject({ exitCode: 4, stdout: "" });
});

test("compact takes a history of items from a file or standard input, and one of both words", async () => {
  const { client, lines, seglog } = parts();
  const { segmentId } = await aSegment(client, { entries: 3 });
  const item = '{"message":{"role":"ROLE_ASSISTANT","content":[{"text":"hi"}]}}';
  const file = join(temporaryFolder(), "history.json");
  writeFileSync(file, `[${item}, ${item}]`);

  const [ofFile = ""] = await lines(["compact", segmentId, "--history", file]);
  const [ofInput = ""] = await lines(["compact", segmentId, "--history", "-"], { input: `${item}\n` });
  const missing = await seglog(["compact", segmentId, "--history", `${file}.not`]);
  const neither = await seglog(["compact", segmentId]);

  expect((await stateOf(client, ofFile)).history).toHaveLength(2);
  expect(await stateOf(client, ofInput)).toMatchObject({ history: [textMessage(Role.ASSISTANT, "hi")] });
  expect(missing).toMatchObject({ exitCode: 2, stdout: "", stderr: expect.stringContaining("cannot read") });
  expect(neither).toMatchObject({ exitCode: 2, stdout: "" });
});

test("trace appends what standard input gives, and shows it from where it is asked to", async () => {
  const { client, lines, seglog } = parts();
  const { segmentId } = await aSegment(client);
  const records = ['{"turn":"1","lifecycle":{"label":"start"}}', '{"turn":1,"llmCall":"2","streamEventJson":"{\\"a\\":\\"\\u202e\\"}"}'];

  const appended = await lines(["trace", segmentId, "--append"], { input: `${records.join("\n")}\n` });
  const shown = await lines(["trace", segmentId, "--from", "1", "--limit", "5"]);
  const json = (await lines(["trace", segmentId.slice(0, 25), "--limit", "1", "--json"])).map((line) => JSON.parse(line));
  const wrong = await seglog(["trace", segmentId, "--append"], { input: "\n{}\n{" });

  expect(appended).toEqual([`appended to the trace of ${segmentId}: 2 records; it has 2 now`]);
  expect(shown).toEqual([expect.stringMatching(/^ {4}1 {2}\S+Z {2}turn 1 +call 2 +event \{"a":"\\u202e"\}$/)]);
  expect(json).toEqual([{ time: expect.any(String), turn: "1", lifecycle: { label: "start" } }]);
  expect(wrong).toMatchObject({ exitCode: 2, stdout: "", stderr: expect.stringContaining("line 3 of standard input") });
});
