import { create, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { StartStateSchema } from "../../../gen/seglog/v1/segment_pb.js";
import { CreateSegmentRequestSchema } from "../../../gen/seglog/v1/segment_service_pb.js";
import { decodeRequestBeside } from "../../../src/model/wire/decode-request.js";
import { nested, raw } from "../raw-message.js";

const STATE = CreateSegmentRequestSchema.field.state;

test("a request is decoded but for one field, which is given as it was sent", () => {
  const state = create(StartStateSchema, { systemPrompt: "p" });
  const bytes = toBinary(CreateSegmentRequestSchema, create(CreateSegmentRequestSchema, { requestId: "r", state }));

  const { request, field } = decodeRequestBeside(CreateSegmentRequestSchema, bytes, STATE);

  expect(request).toEqual(create(CreateSegmentRequestSchema, { requestId: "r" }));
  expect(field).toEqual(toBinary(StartStateSchema, state));
});

test("the field may be unset, or come in parts", () => {
  const [first, second] = [nested(1, "a"), nested(9, "unknown")];

  expect(decodeRequestBeside(CreateSegmentRequestSchema, raw(), STATE).field).toBeUndefined();
  expect(decodeRequestBeside(CreateSegmentRequestSchema, raw(nested(3, first), nested(3, second)), STATE).field).toEqual(
    raw(first, second),
  );
});

test("the field is checked as all others are", () => {
  const withoutKind = nested(3, nested(3)); // an item of no kind

  expect(() => decodeRequestBeside(CreateSegmentRequestSchema, withoutKind, STATE)).toThrow(
    expect.objectContaining({ reason: "INVALID_FIELD" }),
  );
});
