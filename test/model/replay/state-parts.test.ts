import { create, fromBinary, mergeFromBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EntrySchema } from "../../../gen/seglog/v1/entry_pb.js";
import { RestoreSegmentResponseSchema } from "../../../gen/seglog/v1/segment_service_pb.js";
import { ENTRY_SLACK_BYTES, RESPONSE_BYTES } from "../../../src/model/limits.js";
import { collectState, emptyState } from "../../../src/model/replay/collect-state.js";
import { restoredStateParts } from "../../../src/model/replay/state-parts.js";
import { anyEntry } from "../../support/entry-arbitrary.js";

describe("a state in parts", () => {
  test("law: merged in order, the parts are the state", () => {
    fc.assert(
      fc.property(fc.array(anyEntry), (entries) => {
        const state = collectState(entries);

        expect(merged(restoredStateParts(state))).toEqual(state);
      }),
    );
  });

  test("is one part where it is small", () => {
    expect([...restoredStateParts(emptyState())]).toHaveLength(1);
    expect(merged(restoredStateParts(emptyState()))).toEqual(emptyState());
  });

  test("of any size has no part above about a response's bytes, and is whole", () => {
    const state = collectState(textEntries(12, 300_000));

    const parts = [...restoredStateParts(state)];

    expect(parts.length).toBeGreaterThan(7);
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThanOrEqual(RESPONSE_BYTES + ENTRY_SLACK_BYTES);
    expect(merged(parts)).toEqual(state);
  });

  test("has the prompt first, and by itself where it is large, and the scalars last", () => {
    const state = collectState(textEntries(4, 600_000));
    state.systemPrompt = "p".repeat(3 * RESPONSE_BYTES);

    const parts = [...restoredStateParts(state)].map((part) => fromBinary(RestoreSegmentResponseSchema, part).state);

    expect(parts[0]).toEqual({ ...emptyState(), systemPrompt: state.systemPrompt });
    expect(parts.filter((part) => part?.config !== undefined)).toHaveLength(1);
    expect(parts.filter((part) => part?.sessionId !== "" || part.entryCount > 0n)).toEqual([parts.at(-1)]);
  });

  test("is encoded as it is pulled", () => {
    const state = collectState(textEntries(10, 300_000));
    const parts = restoredStateParts(state);

    const first = parts.next();
    const lastItem = state.history.pop();
    const rest = [...parts];

    // The last item was taken away before its turn came.
    expect(lastItem).toBeDefined();
    expect(merged([first.value ?? new Uint8Array(), ...rest]).history).toHaveLength(9);
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

function merged(parts: Iterable<Uint8Array>) {
  const response = create(RestoreSegmentResponseSchema);
  for (const part of parts) mergeFromBinary(RestoreSegmentResponseSchema, response, part);
  return response.state ?? emptyState();
}
