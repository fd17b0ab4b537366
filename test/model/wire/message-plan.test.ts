import { AnySchema, DescriptorProtoSchema, FileOptionsSchema } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { AppendErrorSchema } from "../../../gen/seglog/v1/segment_service_pb.js";
import { messagePlan } from "../../../src/model/wire/message-plan.js";

test("a message that holds itself compiles", () => {
  const plan = messagePlan(DescriptorProtoSchema);

  expect(plan.fields[DescriptorProtoSchema.field.nestedType.number]?.message).toBe(plan);
});

test("fields stand under their number, with the wire type of one value", () => {
  const { fields } = messagePlan(AnySchema);

  expect(fields.map((field) => field && [field.name, field.shape, field.wireType])).toEqual([
    undefined,
    ["type_url", "string", 2],
    ["value", "bytes", 2],
  ]);
});

test("a map is not walked, for no request has one", () => {
  expect(() => messagePlan(AppendErrorSchema)).toThrow("metadata: no request of the contract has a map");
});

test("a message of few fields with high numbers compiles", () => {
  expect(messagePlan(FileOptionsSchema).fields[999]?.name).toBe("uninterpreted_option");
});
