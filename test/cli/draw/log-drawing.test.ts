import { expect, test } from "vitest";
import { InvokeTrigger, Role, RunResult } from "../../../gen/seglog/v1/entry_pb.js";
import { LogDrawing } from "../../../src/cli/draw/log-drawing.js";
import {
  assistantItem,
  assistantText,
  configChanged,
  type EntryInit,
  extension,
  foreign,
  openingHistory,
  placed,
  runCompleted,
  segmentStart,
  systemItem,
  textMessage,
  turnEnd,
  userInput,
} from "../../support/entries.js";
import { drawn, NAMED, pen } from "./drawn.js";

const CALL = assistantItem({ kind: { case: "toolCall", value: { callId: "1", name: "read_file", arguments: '{"path":"beds.md"}' } } });
const OUTPUT: EntryInit = {
  kind: {
    case: "toolResult",
    value: { item: { kind: { case: "toolOutput", value: { callId: "1", summary: "2 lines", content: "# Beds\nroses\n" } } } },
  },
};
const FAILED: EntryInit = {
  kind: { case: "toolResult", value: { item: { kind: { case: "toolOutput", value: { callId: "2", summary: "no", isError: true } } } } },
};
const USAGE: EntryInit = {
  kind: { case: "llmUsage", value: { inputTotalTokens: 1204n, cacheReadTokens: 900n, outputTokens: 88n } },
};
const START = segmentStart("S", {
  systemPrompt: "You keep a garden diary.",
  config: { maxTokens: 4096, temperature: 0.2, reasoning: { case: "reasoningEffort", value: "low" } },
  history: [textMessage(Role.USER, "before")],
});

const CONVERSATION: readonly EntryInit[] = [
  START,
  { kind: { case: "invoke", value: { trigger: InvokeTrigger.USER_SEND } } },
  userInput("What grows in the second bed, and when did we last\nwater it?"),
  assistantItem({ kind: { case: "reasoning", value: { text: "The file may say." } } }),
  CALL,
  USAGE,
  OUTPUT,
  assistantText("Roses."),
  turnEnd(1n),
  runCompleted(),
];

test("a conversation is drawn as people read one, wrapped at the terminal's width", () => {
  expect(drawn(CONVERSATION, pen(72))).toMatchInlineSnapshot(`
    "
    2026-11-22 UTC
        0  12:00:00  start
                     prompt     You keep a garden diary.
                     config     max tokens 4,096 · temperature 0.2 ·
                                reasoning low
                     history    1 item
        1  12:00:01  invoke     user send
        2  12:00:02  user       What grows in the second bed, and when did
                                we last
                                water it?
        3  12:00:03  thinks     The file may say.
        4  12:00:04  calls      read_file {"path":"beds.md"}
        5  12:00:05  usage                    1,204 in (900 cached) · 88 out
        6  12:00:06  └ gave     read_file 2 lines
                                # Beds
                                roses
        7  12:00:07  assistant  Roses.
        8  12:00:08  ── turn 1 ─────────────────────────────────────────────
        9  12:00:09  run        finished
    "
  `);
});

test("without a terminal nothing is wrapped and nothing depends on a width", () => {
  expect(drawn(CONVERSATION, pen(undefined))).toMatchInlineSnapshot(`
    "
    2026-11-22 UTC
        0  12:00:00  start
                     prompt     You keep a garden diary.
                     config     max tokens 4,096 · temperature 0.2 · reasoning low
                     history    1 item
        1  12:00:01  invoke     user send
        2  12:00:02  user       What grows in the second bed, and when did we last
                                water it?
        3  12:00:03  thinks     The file may say.
        4  12:00:04  calls      read_file {"path":"beds.md"}
        5  12:00:05  usage      1,204 in (900 cached) · 88 out
        6  12:00:06  └ gave     read_file 2 lines
                                # Beds
                                roses
        7  12:00:07  assistant  Roses.
        8  12:00:08  ── turn 1 ──
        9  12:00:09  run        finished
    "
  `);
});

test("what is not of the conversation has its lines too", () => {
  const entries: readonly EntryInit[] = [
    segmentStart("S", { forkedFrom: { segmentId: "B", atTurn: 3n }, base: { segmentId: "B", entryCount: 12n } }),
    openingHistory(textMessage(Role.USER, "a"), textMessage(Role.ASSISTANT, "b")),
    systemItem("The tests are done."),
    FAILED,
    configChanged({}),
    extension("pod.scope", '{"allow":[]}'),
    foreign("{}"),
    { kind: { case: "runCompleted", value: { result: RunResult.PAUSED, interrupted: true } } },
    { kind: { case: "runErrored", value: { message: "the model is gone", interrupted: true } } },
    { kind: { case: "pausedTurnAbandoned", value: {} } },
    { kind: { case: undefined } },
    assistantItem({ kind: { case: undefined } }),
    assistantItem({
      kind: { case: "message", value: { role: Role.ASSISTANT, content: [{ kind: { case: "refusal", value: "I will not." } }] } },
    }),
    userInput(""),
  ];

  expect(drawn(entries, pen(undefined))).toMatchInlineSnapshot(`
    "
    2026-11-22 UTC
        0  12:00:00  start      fork of B at turn 3, inherits 12 entries
        1  12:00:01  history    2 items
        2  12:00:02  system     The tests are done.
        3  12:00:03  └ failed   no
        4  12:00:04  config     none
        5  12:00:05  extension  pod.scope {"allow":[]}
        6  12:00:06  foreign    test {}
        7  12:00:07  run        paused, interrupted
        8  12:00:08  run        failed, interrupted: the model is gone
        9  12:00:09  run        the paused turn was abandoned
       10  12:00:10  unknown    an entry of a newer kind
       11  12:00:11  unknown    an item of a newer kind
       12  12:00:12  assistant  refuses: I will not.
       13  12:00:13  user
    "
  `);
});

test("each part is painted as what it is", () => {
  expect(drawn([userInput("hi"), CALL, OUTPUT, USAGE, turnEnd(2n)], pen(undefined, { paint: NAMED }))).toMatchInlineSnapshot(`
    "
    <faint>2026-11-22 UTC</faint>
    <faint>    0  12:00:00</faint>  <user>user</user>       hi
    <faint>    1  12:00:01</faint>  <tool>calls</tool>      <strong>read_file</strong> {"path":"beds.md"}
    <faint>    2  12:00:02</faint>  <tool>└ gave</tool>     <faint>read_file</faint> 2 lines
                     <tool></tool>           # Beds
                                roses
    <faint>    3  12:00:03</faint>  <faint>usage      1,204 in (900 cached) · 88 out</faint>
    <faint>    4  12:00:04</faint>  <faint>── turn 2 ──</faint>
    "
  `);
});

test("opening history is counted, and drawn where everything is", () => {
  const full = drawn([START], pen(undefined, { isFull: true }));

  expect(drawn([START], pen(undefined))).not.toContain("before");
  expect(full).toMatch(/^ {17}user {7}before$/m);
});

test("no control of a text, a name or a domain is drawn as it is", () => {
  const said = "\u001b[2J\u009b1m\u202e\r\n";
  const call = assistantItem({ kind: { case: "toolCall", value: { callId: said, name: said, arguments: said } } });

  const text = drawn([userInput(said), call, extension(said, said), foreign(said), systemItem(said)], pen(40));

  expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
});

test("the date stands before the first entry and where it changes", () => {
  const drawing = new LogDrawing(pen(undefined));
  const times = ["2026-11-22T23:59:59Z", "2026-11-23T00:00:00Z", "2026-11-23T00:00:01Z"];

  const lines = times.flatMap((time, i) =>
    drawing.entryLines(placed(userInput("x"), { index: BigInt(i), timeMs: Date.parse(time) }), { segmentId: "A" }),
  );

  expect(lines).toEqual([
    "2026-11-22 UTC",
    "    0  23:59:59  user       x",
    "2026-11-23 UTC",
    "    1  00:00:00  user       x",
    "    2  00:00:01  user       x",
  ]);
});

test("where several segments are drawn, a heading says which where it changes, and again behind an event", () => {
  const drawing = new LogDrawing(pen(undefined));
  const entry = placed(userInput("x"), { timeMs: 0 });
  const of = (segmentId: string) => drawing.entryLines(entry, { segmentId, heading: `segment ${segmentId}` });

  const lines = [...of("A"), ...of("A"), ...of("B"), ...drawing.eventLines("segment A was deleted"), ...of("B")];

  expect(lines.filter((line) => !line.startsWith(" "))).toEqual([
    "1970-01-01 UTC",
    "segment A",
    "segment B",
    "━━ segment A was deleted ━━",
    "segment B",
  ]);
});

test("a result is joined to the call of its own segment", () => {
  const drawing = new LogDrawing(pen(undefined));
  drawing.entryLines(placed(CALL, { timeMs: 0 }), { segmentId: "A" });

  const [own] = drawing.entryLines(placed(OUTPUT, { timeMs: 0 }), { segmentId: "A" });
  const [others] = drawing.entryLines(placed(OUTPUT, { timeMs: 0 }), { segmentId: "B" });

  expect(own).toBe("    0  00:00:00  └ gave     read_file 2 lines");
  expect(others).toBe("    0  00:00:00  └ gave     2 lines");
});

test("an index that is wider than its room moves the lines of its entry alike", () => {
  const drawing = new LogDrawing(pen(undefined));

  const lines = drawing.entryLines(placed(userInput("a\nb"), { index: 1_234_567n, timeMs: 0 }), { segmentId: "A" });

  expect(lines.slice(1)).toEqual(["1234567  00:00:00  user       a", "                              b"]);
});
