import { InvokeTrigger, Role, RunResult } from "../../../gen/seglog/v1/entry_pb.js";
import {
  assistantText,
  type EntryInit,
  extension,
  type ItemInit,
  invoke,
  reasoning,
  runCompleted,
  systemItem,
  textMessage,
  toolCall,
  toolResult,
  turnEnd,
  usage,
  userInput,
} from "../../client/entries.js";

/** Something that happens in the demo: entries that come one after the other, and what a person is told of them. */
export interface Scene {
  readonly told: string;
  readonly entries: readonly EntryInit[];
}

/** What the agent of the demo is told it is. */
export const SYSTEM_PROMPT = "You keep the tests of a small shop's website green. Look before you change anything.";

const userSends = invoke(InvokeTrigger.USER_SEND);

/** The first turn: a question, a look with a tool, an answer. */
export const TURN_1: Scene = {
  told: "turn 1: the user asks, the agent looks and answers",
  entries: [
    userSends,
    userInput("The checkout test fails about one time in ten. Can you find out why?"),
    reasoning("A test that fails now and then: shared state, a clock, or an order that nobody promised. See the test first."),
    toolCall({ callId: "call-1", name: "read_file", arguments: '{"path":"test/checkout.test.ts"}' }),
    toolResult({
      callId: "call-1",
      summary: "61 lines",
      content: 'test("a coupon ends at midnight", () => {\n  const coupon = couponUntil(new Date("2026-11-30"));\n  …\n});',
    }),
    toolCall({ callId: "call-2", name: "run_tests", arguments: '{"name":"checkout","times":20}' }),
    toolResult({ callId: "call-2", summary: "18 passed, 2 failed: expected 10 % off, got 0 %" }),
    assistantText(
      "It compares a coupon's last day with the clock of the machine, in its own time zone. Between midnight in UTC and midnight " +
        "here the coupon is over for the code and not for the test.",
    ),
    usage({ historyLen: 6n, inputTotalTokens: 1840n, cacheReadTokens: 0n, cacheWriteTokens: 1200n, outputTokens: 212n }),
    turnEnd(1n),
    runCompleted(RunResult.FINISHED),
  ],
};

/** The second turn, as far as the pause in its midst. */
export const TURN_2_PAUSED: Scene = {
  told: "turn 2: the agent changes a file, and the run is paused in the midst of it",
  entries: [
    userSends,
    userInput([
      { kind: { case: "text", value: "Fix it so that it holds in every time zone. The rules are in " } },
      { kind: { case: "fileRef", value: "docs/coupons.md" } },
    ]),
    reasoning("Compare days, not moments. The shop's own zone is in its settings."),
    toolCall({
      callId: "call-3",
      name: "edit_file",
      arguments: '{"path":"src/coupon.ts","replace":"isOver(now)","with":"isOver(shopDay(now))"}',
    }),
    toolResult({ callId: "call-3", summary: "1 line changed" }),
    runCompleted(RunResult.PAUSED, { interrupted: true }),
  ],
};

/** The rest of it. */
export const TURN_2_RESUMED: Scene = {
  told: "turn 2: the run goes on where it stood",
  entries: [
    invoke(InvokeTrigger.NOTIFY),
    systemItem({ body: "[the user has approved the change]", kind: { case: "notification", value: { message: "approved" } } }),
    toolCall({ callId: "call-4", name: "run_tests", arguments: '{"name":"checkout","times":200}' }),
    toolResult({ callId: "call-4", summary: "200 passed" }),
    assistantText("Done: coupons end at midnight of the shop, wherever the code runs. 200 of 200 runs pass."),
    usage({ historyLen: 13n, inputTotalTokens: 2950n, cacheReadTokens: 1800n, cacheWriteTokens: 900n, outputTokens: 158n }),
    extension("todo", { done: ["checkout test"], open: ["changelog"] }),
    turnEnd(2n),
    runCompleted(RunResult.FINISHED),
  ],
};

/** What the first of two writers adds, who is in time. */
export const IN_TIME: Scene = {
  told: "two pods write at once; the first is in time",
  entries: [userSends, userInput("Write a line for the changelog."), assistantText('"Coupons end at midnight of the shop."'), turnEnd(3n)],
};

/** What the second one adds, who believes what was so before. */
export const TOO_LATE: Scene = {
  told: "the second is not, and goes on in a branch of its own: nothing of either is lost",
  entries: [userSends, userInput("Now run all of the tests, too."), toolCall({ callId: "call-5", name: "run_tests", arguments: "{}" })],
};

/** What the branch goes on with. */
export const BRANCH: Scene = {
  told: "the branch has a life of its own",
  entries: [
    toolResult({ callId: "call-5", summary: "1 of 341 failed: search › finds umlauts", isError: true }),
    assistantText("One test fails, and did so before: the search finds no umlauts. Shall I look into it?"),
    turnEnd(3n),
    runCompleted(RunResult.FINISHED),
  ],
};

/** A second way out of the first turn. */
export const OTHER_WAY: Scene = {
  told: "somebody goes back to turn 1 and tries another way",
  entries: [
    userSends,
    userInput("What if the test set the clock instead?"),
    reasoning("That would pass, and the shop would still be wrong at midnight."),
    assistantText("Then the test passes and customers still lose their coupons an hour early. I would not."),
    usage({ historyLen: 8n, inputTotalTokens: 2100n, cacheReadTokens: 1800n, cacheWriteTokens: 0n, outputTokens: 64n }),
    turnEnd(2n),
    runCompleted(RunResult.FINISHED),
  ],
};

/** What stands for the log where it is compacted. */
export const SUMMARY: readonly ItemInit[] = [
  textMessage(
    Role.SYSTEM,
    "So far: the checkout test failed for it compared moments in two time zones. Coupons are compared by the shop's day now " +
      "(src/coupon.ts), 200 of 200 runs pass, and the changelog has a line.",
  ),
];

/** What comes behind the compaction. */
export const AFTER_SUMMARY: Scene = {
  told: "the log is compacted, and the conversation goes on from its summary",
  entries: [
    userSends,
    userInput("Thank you. Anything left?"),
    assistantText("Only the umlauts in the search; they are on the list."),
    usage({ historyLen: 3n, inputTotalTokens: 310n, cacheReadTokens: 0n, cacheWriteTokens: 0n, outputTokens: 24n }),
    turnEnd(4n),
    runCompleted(RunResult.FINISHED),
  ],
};
