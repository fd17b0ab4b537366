import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { type Entry, EntrySchema } from "../../gen/seglog/v1/entry_pb.js";
import { splitStart } from "../../src/session-store/split-start.js";
import { replayed } from "../support/replayed.js";

const LIMITS = { entryBytesMax: 1000 };

test("a start within the limit of an entry stays one", () => {
  const start = startWith(3);

  expect(splitStart(start, LIMITS)).toEqual([start]);
});

test("a larger one goes on in opening history with the same time, and replays to the same", () => {
  const start = startWith(30);

  const parts = splitStart(start, LIMITS);

  expect(parts.map(({ kind }) => kind.case)).toEqual(["segmentStart", "openingHistory", "openingHistory", "openingHistory"]);
  expect(parts.map(({ time }) => time)).toEqual(parts.map(() => start.time));
  expect(parts[0]?.kind.value).toMatchObject({ forkedFrom: { segmentId: "F", atTurn: 3n } });
  expect({ ...replayed(parts), entryCount: 1n }).toEqual(replayed([start]));
});

test("any other entry is left as it is", () => {
  const entry = create(EntrySchema, { kind: { case: "runErrored", value: { message: "x".repeat(2000) } } });

  expect(splitStart(entry, LIMITS)).toEqual([entry]);
});

function startWith(itemCount: number): Entry {
  const item = { kind: { case: "toolCall", value: { callId: "c", name: "n", arguments: "x".repeat(100) } } } as const;
  const history = Array.from({ length: itemCount }, () => item);
  return create(EntrySchema, {
    time: { seconds: 5n },
    kind: {
      case: "segmentStart",
      value: { sessionId: "S", config: { maxTokens: 1 }, history, forkedFrom: { segmentId: "F", atTurn: 3n } },
    },
  });
}
