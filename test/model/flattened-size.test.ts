import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { EntrySchema, type InputPiece, UserInputSchema } from "../../gen/seglog/v1/entry_pb.js";
import { flattenedSize } from "../../src/model/flattened-size.js";
import { flattenedText } from "../../src/model/flattened-text.js";
import { flattenInput } from "../../src/model/replay/flatten-input.js";
import { entryOf, writerKind } from "./arbitrary-entry.js";
import { nested, raw, varint } from "./raw-message.js";

test("the size is that of the text that the pieces flatten to", () => {
  const submission = toBinary(
    UserInputSchema,
    create(UserInputSchema, {
      pieces: [
        { kind: { case: "text", value: "zwölf" } },
        { kind: { case: "paste", value: { id: 1, chars: 2, lines: 3, content: "日本" } } },
        { kind: { case: "fileRef", value: "/a" } },
        { kind: { case: "knowledgeRef", value: "b" } },
        { kind: { case: "workflowInvoke", value: "c" } },
        {},
      ],
    }),
  );

  expect(flattenedSize(submission)).toBe(new TextEncoder().encode("zwölf日本@/a#b/c[unknown input segment]").length);
});

test("a submission of any pieces has the size of its text", () => {
  const userInput = entryOf(writerKind.filter((kind) => kind.case === "userInput")).map((init) => create(EntrySchema, init).kind);

  fc.assert(
    fc.property(userInput, (kind) => {
      if (kind.case !== "userInput") throw new Error("the arbitrary makes user input only");
      expect(flattenedSize(toBinary(UserInputSchema, kind.value))).toBe(textSize(kind.value.pieces));
    }),
    { numRuns: 300 },
  );
});

test.each([
  ["the last kind of a piece holds", nested(1, nested(1, "long text"), nested(3, "a"))],
  ["a kind gives way to an empty paste", nested(1, nested(1, "long text"), nested(2))],
  ["a paste that comes twice keeps its content", nested(1, nested(2, nested(4, "pasted")), nested(2, varint(1, 5)))],
  ["a paste between two others starts anew", nested(1, nested(2, nested(4, "pasted")), nested(1, "x"), nested(2))],
  ["the last content of a paste holds", nested(1, nested(2, nested(4, "first"), nested(4, "2nd")), nested(2, nested(4, "3")))],
  ["unknown fields count for nothing", nested(1, nested(9, "unknown"), varint(77, 1))],
  ["unknown fields change no kind", nested(1, nested(1, "text"), nested(9, "unknown"))],
  ["what is no piece counts for nothing", raw(nested(7, "unknown"), nested(1, nested(1, "x")))],
])("%s", (_, submission) => {
  const decoded = fromBinary(UserInputSchema, submission);

  expect(flattenedSize(submission)).toBe(textSize(decoded.pieces));
  expect(Buffer.concat(flattenedText(submission)).toString()).toBe(flattenInput(decoded.pieces));
});

test("what cannot reach a bound is not counted", () => {
  const empties = raw(...new Array<Uint8Array>(10).fill(nested(1)));

  expect(flattenedSize(empties, 240)).toBe(0);
  expect(flattenedSize(empties, 239)).toBe(230);
});

function textSize(pieces: readonly InputPiece[]): number {
  return new TextEncoder().encode(flattenInput(pieces)).length;
}
