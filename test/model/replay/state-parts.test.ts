import { create, fromBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EntrySchema } from "../../../gen/seglog/v1/entry_pb.js";
import { RestoredStateSchema } from "../../../gen/seglog/v1/segment_pb.js";
import { RestoreSegmentResponseSchema } from "../../../gen/seglog/v1/segment_service_pb.js";
import { ENTRY_SLACK_BYTES, RESPONSE_BYTES } from "../../../src/model/limits.js";
import { collectState } from "../../../src/model/replay/collect-state.js";
import { emptyState } from "../../../src/model/replay/replay-state.js";
import { restoredStateParts } from "../../../src/model/replay/state-parts.js";
import { anyEntry } from "../../support/entry-arbitrary.js";
import { replayByDecoding } from "../../support/replay-by-decoding.js";
import { mergedParts, sentState, storedFrames } from "../../support/replayed.js";

describe("a state in parts", () => {
  test("law: merged in order, the parts are the state", () => {
    fc.assert(
      fc.property(fc.array(anyEntry), (entries) => {
        const parts = [...restoredStateParts(collectState(storedFrames(entries)))];

        expect(mergedParts(parts)).toEqual(replayByDecoding(entries));
      }),
    );
  });

  test("is one part where it is small", () => {
    expect([...restoredStateParts(emptyState())]).toHaveLength(1);
    expect(sentState(emptyState())).toEqual(create(RestoredStateSchema));
  });

  test("of any size has no part above about a response's bytes, and is whole", () => {
    const entries = textEntries(12, 300_000);

    const parts = [...restoredStateParts(collectState(storedFrames(entries)))];

    expect(parts.length).toBeGreaterThan(7);
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThanOrEqual(RESPONSE_BYTES + ENTRY_SLACK_BYTES);
    expect(mergedParts(parts)).toEqual(replayByDecoding(entries));
  });

  test("has an item that is larger by itself", () => {
    const entries = [...textEntries(3, 10), ...textEntries(1, 2 * RESPONSE_BYTES).slice(1), ...textEntries(3, 10).slice(1)];

    const parts = [...restoredStateParts(collectState(storedFrames(entries)))];

    const itemCounts = parts.map((part) => fromBinary(RestoreSegmentResponseSchema, part).state?.history.length);
    expect(itemCounts).toEqual([3, 1, 3, 0, 0]); // the submission itself, large too, and what is behind it
  });

  test("has the prompt first, and by itself where it is large, and the scalars last", () => {
    const state = collectState(storedFrames(textEntries(4, 600_000)));
    state.systemPrompt = new Uint8Array(3 * RESPONSE_BYTES).fill(0x70);

    const parts = [...restoredStateParts(state)].map((part) => fromBinary(RestoreSegmentResponseSchema, part).state);

    expect(parts[0]).toEqual(create(RestoredStateSchema, { systemPrompt: "p".repeat(3 * RESPONSE_BYTES) }));
    expect(parts.filter((part) => part?.config !== undefined)).toHaveLength(1);
    expect(parts.filter((part) => part?.sessionId !== "" || part.entryCount > 0n)).toEqual([parts.at(-1)]);
  });

  test("gives the same parts again", () => {
    const state = collectState(storedFrames(textEntries(10, 300_000)));

    const [parts, again] = [[...restoredStateParts(state)], [...restoredStateParts(state)]];

    expect(mergedParts(again)).toEqual(mergedParts(parts));
  });

  test("is put together as it is pulled", () => {
    const state = collectState(storedFrames(textEntries(10, 300_000)));
    const parts = restoredStateParts(state);

    const first = parts.next();
    state.turnCount = 7n; // before its turn came
    const rest = [...parts];

    expect(mergedParts([first.value ?? new Uint8Array(), ...rest]).turnCount).toBe(7n);
  });
});

function startEntry() {
  return create(EntrySchema, { kind: { case: "segmentStart", value: { sessionId: "S", config: { stopSequences: ["#"] } } } });
}

/** A start, and inputs of about so many characters each: they stand twice in a state. */
function textEntries(count: number, chars: number) {
  const input = () =>
    create(EntrySchema, { kind: { case: "userInput", value: { pieces: [{ kind: { case: "text", value: "x".repeat(chars) } }] } } });
  return [startEntry(), ...Array.from({ length: count }, input)];
}
