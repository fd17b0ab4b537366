import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { SegmentSchema } from "../../../gen/seglog/v1/segment_pb.js";
import { findState, LossError } from "./find-state.js";
import type { StoredStore } from "./read-store.js";
import { applied, type Operation, type SessionModel } from "./session-model.js";
import type { Step } from "./session-writer.js";

const SENT = Buffer.from([0x32, 0x02, 0x0a, 0x00]);

test("what was asked for and not done is not taken for done, be it an append or a deletion", () => {
  const created: Operation = { kind: "create", sessionId: "session", segmentId: "segment" };
  const appended: Operation = { kind: "append", segmentId: "segment", entries: [SENT] };
  const deleted: Operation = { kind: "delete-session", sessionId: "session" };

  expect(findState(writerOf(created, appended), storeOf([SENT]), { least: 1, most: 2 })).toBe(2);
  expect(findState(writerOf(created, appended), storeOf([]), { least: 1, most: 2 })).toBe(1);
  expect(findState(writerOf(created, deleted), storeOf([]), { least: 1, most: 2 })).toBe(1);
  expect(findState(writerOf(created, deleted), storeOf(undefined), { least: 1, most: 2 })).toBe(2);
});

test("an acknowledged entry that is missing, or has one byte changed, is a loss", () => {
  const writer = writerOf(
    { kind: "create", sessionId: "session", segmentId: "segment" },
    { kind: "append", segmentId: "segment", entries: [SENT] },
  );
  const changed = Buffer.from(SENT);
  changed[1] = 0x03;

  for (const entries of [[], [changed], [SENT, SENT], undefined]) {
    expect(() => findState(writer, storeOf(entries), { least: 2, most: 2 })).toThrow(LossError);
  }
});

function writerOf(...operations: readonly Operation[]) {
  let model: SessionModel = new Map();
  const steps = operations.map((operation): Step => {
    model = applied(model, operation);
    return { operation, requestId: "", askedAt: 0, answeredAt: 0, model };
  });
  return { name: "writer", steps };
}

/** A store with one segment: its opening and these entries; or with nothing. */
function storeOf(entries: readonly Buffer[] | undefined): StoredStore {
  if (entries === undefined) return { headPosition: 0, segments: new Map(), sessionIds: new Set() };
  const stored = [Buffer.alloc(0), ...entries].map((bytes, i) => Buffer.concat([bytes, Buffer.from([0x08, i, 0x10, i + 1])]));
  const [entryCount, headPosition] = [BigInt(stored.length), BigInt(stored.length)];
  const segment = create(SegmentSchema, { segmentId: "segment", sessionId: "session", entryCount, headPosition });
  return { headPosition: stored.length, segments: new Map([["segment", { segment, entries: stored }]]), sessionIds: new Set(["session"]) };
}
