import { create, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { ItemSchema, Role } from "../../../gen/seglog/v1/entry_pb.js";
import { textItem } from "../../../src/model/replay/text-item.js";

test.each([
  ["no text", []],
  ["an empty text", [""]],
  ["a text in parts", ["see ", "@", "a.md"]],
  ["a text whose length takes two bytes", ["é".repeat(70)]],
  ["a text at which the outer lengths take one byte more", ["x".repeat(123), "y"]],
  ["a text whose length takes three bytes", ["x".repeat(20_000)]],
])("a message of %s is encoded as protobuf does it", (_what, texts) => {
  const value = texts.join("");
  const message = { role: Role.SYSTEM, content: [{ kind: { case: "text" as const, value } }] };

  const item = textItem(
    Role.SYSTEM,
    texts.map((text) => new TextEncoder().encode(text)),
  );

  expect(item).toEqual(toBinary(ItemSchema, create(ItemSchema, { kind: { case: "message", value: message } })));
});
