import { create, fromBinary, type MessageInitShape } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Entry, EntrySchema, type Item, Role } from "../../../gen/seglog/v1/entry_pb.js";
import { collectState } from "../../../src/model/replay/collect-state.js";
import { emptyState, inheritOpening } from "../../../src/model/replay/replay-state.js";
import { anyEntry } from "../../support/entry-arbitrary.js";
import { replayByDecoding } from "../../support/replay-by-decoding.js";
import { replayed, sentState, storedFrames, storedFramesOf } from "../../support/replayed.js";
import { anyOddEntry } from "../odd-entry.js";

type Kind = NonNullable<MessageInitShape<typeof EntrySchema>["kind"]>;

const toolCall = { kind: { case: "toolCall", value: { callId: "c", name: "n", arguments: "{}" } } } as const;
const start: Kind = {
  case: "segmentStart",
  value: { sessionId: "S", systemPrompt: "p", config: { maxTokens: 1 }, history: [toolCall] },
};
const userInput: Kind = {
  case: "userInput",
  value: { pieces: [{ kind: { case: "text", value: "see " } }, { kind: { case: "fileRef", value: "a.md" } }, {}] },
};
const configChanged: Kind = { case: "configChanged", value: { config: { stopSequences: ["#"] } } };
const everything: readonly Kind[] = [
  start,
  { case: "invoke", value: { trigger: 1 } },
  userInput,
  { case: "turnEnd", value: { turnCount: 7n } },
  { case: "runErrored", value: { interrupted: true, message: "m" } },
  { case: "llmUsage", value: { historyLen: 2n } },
  { case: "extension", value: { domain: "pod.scope", payloadJson: '{"allow":[],"deny":[]}' } },
];

describe("replay", () => {
  test("takes prompt, config and history from the start and adds what follows", () => {
    const state = replay(
      start,
      userInput,
      { case: "assistantItem", value: { item: toolCall } },
      { case: "toolResult", value: { item: toolCall } },
      { case: "systemItem", value: { body: "rain" } },
    );

    expect(state).toMatchObject({ sessionId: "S", systemPrompt: "p", config: { maxTokens: 1 }, entryCount: 5n });
    expect(state.history.map(textOf)).toEqual(["c", [Role.USER, "see @a.md[unknown input segment]"], "c", "c", [Role.SYSTEM, "rain"]]);
    expect(state.userInputs).toHaveLength(1);
  });

  test("lets a second start replace prompt, config and history, and nothing else", () => {
    const state = replay(...everything, { case: "segmentStart", value: { sessionId: "T", config: {} } });

    expect(state.systemPrompt).toBeUndefined();
    expect(state).toMatchObject({ sessionId: "T", config: {}, history: [] });
    expect(state.config?.maxTokens).toBeUndefined();
    expect(state).toMatchObject({ turnCount: 7n, lastRunInterrupted: true, usageHistory: [{}], extensions: [{}], userInputs: [{}] });
    expect(state.podScope).toBeDefined();
  });

  test("adds more opening history to what there is", () => {
    const state = replay(start, { case: "openingHistory", value: { history: [toolCall, toolCall] } });

    expect(state.history).toHaveLength(3);
  });

  test("keeps the last turn count, also where it goes down", () => {
    const state = replay({ case: "turnEnd", value: { turnCount: 9n } }, { case: "turnEnd", value: { turnCount: 2n } });

    expect(state.turnCount).toBe(2n);
  });

  test("keeps the last word on whether the run was interrupted", () => {
    const errored: Kind = { case: "runErrored", value: { interrupted: true, message: "" } };
    const finished: Kind = { case: "runCompleted", value: { interrupted: false, result: 1 } };

    expect(replay(finished, errored).lastRunInterrupted).toBe(true);
    expect(replay(errored, finished).lastRunInterrupted).toBe(false);
    expect(replay(errored, { case: "pausedTurnAbandoned", value: {} }).lastRunInterrupted).toBe(false);
  });

  test("keeps the pod scope where a later one is malformed, and the extension all the same", () => {
    const state = replay(
      { case: "extension", value: { domain: "pod.scope", payloadJson: '{"allow":[{"target":"/x","permission":"read"}],"deny":[]}' } },
      { case: "extension", value: { domain: "pod.scope", payloadJson: '{"allow":"everything"}' } },
      { case: "extension", value: { domain: "other", payloadJson: '{"allow":[],"deny":[]}' } },
    );

    expect(state.podScope?.allow).toMatchObject([{ target: "/x", recursive: true }]);
    expect(state.extensions).toHaveLength(3);
  });

  test("counts unknown and foreign entries, and changes nothing else for them", () => {
    const before = replay(...everything);

    const state = replay(...everything, { case: undefined }, { case: "foreign", value: { format: "f", text: "t" } });

    expect(state).toEqual({ ...before, entryCount: before.entryCount + 2n, unknownEntryCount: 2n });
  });

  test("takes a history longer than any argument list", () => {
    const history = Array.from({ length: 200_000 }, () => toolCall);

    const state = replay(start, { case: "openingHistory", value: { history } });

    expect(state.history).toHaveLength(200_001);
  });

  test("keeps nothing of the bytes that it read", () => {
    const frames = storedFrames([...everything, configChanged].map(entryOf));
    const state = collectState(frames);
    const before = sentState(state);

    frames.fill(0xff);

    expect(sentState(state)).toEqual(before);
  });

  test("law: replay in two parts is replay", () => {
    fc.assert(
      fc.property(fc.array(anyEntry), fc.nat(), (entries, at) => {
        const cut = at % (entries.length + 1);

        const state = collectState(storedFrames(entries.slice(0, cut)));
        collectState(storedFrames(entries.slice(cut)), state);

        expect(sentState(state)).toEqual(replayed(entries));
      }),
    );
  });

  test("law: replay of stored bytes is replay of what they decode to", () => {
    fc.assert(
      fc.property(fc.array(anyEntry), (entries) => {
        expect(replayed(entries)).toEqual(replayByDecoding(entries));
      }),
    );
  });

  test("law: and so it is of entries that are encoded as nobody does it", () => {
    fc.assert(
      fc.property(fc.array(anyOddEntry), (entries) => {
        const frames = storedFramesOf(entries);

        const state = sentState(collectState(frames));

        expect(state).toEqual(replayByDecoding(entries.map((entry) => fromBinary(EntrySchema, entry))));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a fork by reference", () => {
  const byReference: Kind = { case: "segmentStart", value: { sessionId: "S", base: { segmentId: "B", entryCount: 7n } } };
  const base = () => collectState(storedFrames(everything.map(entryOf)));

  test("inherits prompt, config and history", () => {
    const { systemPrompt, config, history } = replay(...everything);

    const inherited = sentState(inheritOpening(base()));

    expect(inherited).toEqual({ ...sentState(emptyState()), systemPrompt, config, history });
  });

  test("keeps what it inherited when its own start comes", () => {
    const state = sentState(collectState(storedFrames([entryOf(byReference), entryOf(userInput)]), inheritOpening(base())));

    expect(state).toMatchObject({ sessionId: "S", systemPrompt: "p", config: { maxTokens: 1 }, entryCount: 2n, turnCount: 0n });
    expect(state.history).toHaveLength(replay(...everything).history.length + 1);
    expect(state.userInputs).toHaveLength(1);
  });
});

function replay(...kinds: readonly Kind[]) {
  return replayed(kinds.map(entryOf));
}

function entryOf(kind: Kind): Entry {
  return create(EntrySchema, { kind });
}

function textOf({ kind }: Item): unknown {
  if (kind.case !== "message") return kind.case === "toolCall" ? kind.value.callId : kind.case;
  return [kind.value.role, ...kind.value.content.map((part) => part.kind.value)];
}
