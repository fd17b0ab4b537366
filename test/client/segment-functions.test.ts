import { expect, test } from "vitest";
import { Permission, Role, RunResult } from "../../gen/seglog/v1/entry_pb.js";
import { OnConflict } from "../../gen/seglog/v1/segment_service_pb.js";
import { hasReason } from "../../src/client/client-error.js";
import { assistantText, extensionOfJson, invoke, pausedTurnAbandoned, reasoning, toolCall, toolResult } from "../../src/client/entries.js";
import * as functions from "../../src/client/segment-functions.js";
import { entriesOf, segmentOf, stateOf } from "../support/a-segment.js";
import { textMessage } from "../support/entries.js";
import { startTestDaemon } from "../support/test-daemon.js";

test("each function of the older session store writes what it wrote there", async () => {
  const { client } = await startTestDaemon();
  const { segmentId, sessionId } = await functions.createSegment(client, { systemPrompt: "be brief", config: { maxTokens: 10 } });

  await functions.saveUserInput(client, segmentId, "hello");
  await functions.saveDelta(client, segmentId, [textMessage(Role.USER, "hello"), textMessage(Role.ASSISTANT, "hi")]);
  await functions.appendSystemItem(client, segmentId, { body: "[reminder]", kind: { case: "taskReminder", value: { source: "timer" } } });
  await functions.saveUsage(client, segmentId, { historyLen: 2n, inputTotalTokens: 5n, outputTokens: 1n });
  await functions.saveExtension(client, segmentId, "todo", { open: 1 });
  await functions.savePodScope(client, segmentId, { allow: [{ target: "/a", permission: Permission.WRITE, recursive: false }] });
  await functions.saveConfigChanged(client, segmentId, { maxTokens: 20 });
  await functions.saveTurnEnd(client, segmentId, 1n);
  await functions.saveRunCompleted(client, segmentId, RunResult.PAUSED, { interrupted: true });
  await functions.saveRunErrored(client, segmentId, "no more", { interrupted: true });
  await functions.appendEntry(client, segmentId, pausedTurnAbandoned());

  const kinds = (await entriesOf(client, segmentId)).map(({ kind }) => kind.case);
  expect(kinds).toEqual([
    "segmentStart",
    "userInput",
    "assistantItem",
    "systemItem",
    "llmUsage",
    "extension",
    "extension",
    "configChanged",
    "turnEnd",
    "runCompleted",
    "runErrored",
    "pausedTurnAbandoned",
  ]);
  const state = await functions.restore(client, sessionId, segmentId);
  expect(state).toEqual(await functions.restoreBySegment(client, segmentId));
  expect(state).toMatchObject({
    systemPrompt: "be brief",
    config: { maxTokens: 20 },
    history: [textMessage(Role.USER, "hello"), textMessage(Role.ASSISTANT, "hi"), textMessage(Role.SYSTEM, "[reminder]")],
    turnCount: 1n,
    lastRunInterrupted: false,
    usageHistory: [{ inputTotalTokens: 5n }],
    podScope: { allow: [{ target: "/a", permission: Permission.WRITE, recursive: false }], deny: [] },
    extensions: [{ domain: "todo", payloadJson: '{"open":1}' }, { domain: "pod.scope" }],
  });
});

test("each way to another segment of the older session store leads there", async () => {
  const { client } = await startTestDaemon();
  const { segmentId, sessionId, entryCount } = await functions.createSegment(client);
  await functions.saveUserInput(client, segmentId, "hello");
  await functions.saveTurnEnd(client, segmentId, 1n);

  const compacted = await functions.createCompactedSegment(client, segmentId, { history: [textMessage(Role.USER, "in short")] });
  const branch = await functions.forkAt(client, segmentId, 0n);
  const held = await functions.ensureHeadOrFork(client, { segmentId, entriesWritten: 3n, atTurn: 1n });
  const behind = await functions.ensureHeadOrFork(client, { segmentId, entriesWritten: entryCount, atTurn: 0n, state: {} });
  const alone = await functions.fork(client, { history: [textMessage(Role.USER, "hello")] });

  expect(compacted).toMatchObject({ sessionId, compactedFrom: { segmentId, atTurn: 1n } });
  expect(branch).toMatchObject({ sessionId, base: { segmentId, entryCount: 1n } });
  expect(held).toMatchObject({ forked: false, segment: { segmentId } });
  expect(behind).toMatchObject({ forked: true, segment: { sessionId, forkedFrom: { segmentId } } });
  expect(alone.sessionId).not.toBe(sessionId);
  expect((await stateOf(client, alone.segmentId)).history).toHaveLength(1);
});

test("preconditions, what to do about conflicts, and a request id of one's own go with an append", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await functions.createSegment(client);
  const precondition = { entryCount: 1n };
  await functions.saveUserInput(client, segmentId, "first", { precondition, requestId: "first" });

  const again = await functions.saveUserInput(client, segmentId, "first", { precondition, requestId: "first" });
  const late = await functions.saveUserInput(client, segmentId, "late", { precondition }).catch((error: unknown) => error);
  const branch = await functions.saveUserInput(client, segmentId, "late", { precondition, onConflict: OnConflict.FORK });

  expect(again).toMatchObject({ replayed: true, entryCount: 2n });
  expect(hasReason(late, "HEAD_MISMATCH") && late.reason).toBe("HEAD_MISMATCH");
  expect(late).toMatchObject({ entryCount: 2n, headPosition: (await segmentOf(client, segmentId)).headPosition });
  expect(branch).toMatchObject({ forked: true, entryCount: 2n });
});

test("items of the model and results of tools are entries of their kinds", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await functions.createSegment(client);
  const entries = [
    invoke(1),
    reasoning("hm"),
    toolCall({ callId: "1", name: "ls", arguments: "{}" }),
    toolResult({ callId: "1", summary: "2 files" }),
    assistantText("two"),
    extensionOfJson("big", "12345678901234567890"),
  ];

  await client.append({ segmentId, entries });

  const [, ...stored] = await entriesOf(client, segmentId);
  expect(stored).toMatchObject(entries);
});

test("a payload without a form in JSON, and a right that is not said, are refused before anything is sent", async () => {
  const { client } = await startTestDaemon();

  await expect(functions.saveExtension(client, "x", "todo", undefined)).rejects.toThrow("the payload of domain todo has no form in JSON");
  await expect(functions.savePodScope(client, "x", { allow: [{ target: "/a" }] })).rejects.toThrow("the right to /a is not said");
});
