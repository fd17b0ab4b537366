import { readFileSync } from "node:fs";
import { ScalarType } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { AdminService, file_seglog_v1_admin_service } from "../../../gen/seglog/v1/admin_service_pb.js";
import { file_seglog_v1_entry } from "../../../gen/seglog/v1/entry_pb.js";
import { file_seglog_v1_segment } from "../../../gen/seglog/v1/segment_pb.js";
import { file_seglog_v1_segment_service, SegmentService } from "../../../gen/seglog/v1/segment_service_pb.js";
import { messagePlan } from "../../../src/model/wire/message-plan.js";
import { ENUM_RULES, KIND_RANGES, LEAST, REQUIRED, TEXT_RULES } from "../../../src/model/wire/rules.js";

const files = [file_seglog_v1_entry, file_seglog_v1_segment, file_seglog_v1_segment_service, file_seglog_v1_admin_service];
const messages = files.flatMap((file) => file.messages);
const fields = messages.flatMap((message) => message.fields);
const requests = [...SegmentService.methods, ...AdminService.methods].map((method) => method.input);

test("every rule names a part of the contract that it can hold of", () => {
  const texts = fields.filter((field) => field.scalar === ScalarType.STRING).map(fullName);
  const numbers = fields
    .filter((field) => field.scalar !== undefined || field.message?.typeName === "google.protobuf.Duration")
    .map(fullName);
  const requirable = [...messages.flatMap((message) => message.oneofs), ...fields.filter((field) => field.message)].map(fullName);
  const enums = files.flatMap((file) => file.enums).map((desc) => desc.typeName);

  expect(texts).toEqual(expect.arrayContaining(Object.keys(TEXT_RULES)));
  expect(numbers).toEqual(expect.arrayContaining(Object.keys(LEAST)));
  expect(requirable).toEqual(expect.arrayContaining([...REQUIRED]));
  expect(enums).toEqual(expect.arrayContaining(Object.keys(ENUM_RULES)));
  expect(messages.map((message) => message.typeName)).toEqual(expect.arrayContaining(Object.keys(KIND_RANGES)));
});

test("what the contract's comments call required is required", () => {
  const required = commented().filter(({ comment }) => /\bRequired\b/.test(comment));

  expect(new Set(required.map(({ name }) => name))).toEqual(REQUIRED);
});

test("the enums whose zero the contract's comments call refused are refused", () => {
  const refused = commented().filter(({ comment, name }) => name.endsWith("_UNSPECIFIED") && /\brefused\b/.test(comment));
  const specified = Object.keys(ENUM_RULES).filter((name) => ENUM_RULES[name] === "specified");

  expect(new Set(refused.map(({ name }) => name.replace(/\.[^.]+$/, "")))).toEqual(new Set(specified));
});

test("every id, request id and JSON text of a request has its rule", () => {
  const reachable = new Set<string>();
  const reach = (message: (typeof messages)[number]) => {
    if (reachable.has(message.typeName)) return;
    reachable.add(message.typeName);
    for (const field of message.fields) if (field.message) reach(field.message);
  };
  requests.forEach(reach);
  const ruled = /^(new_)?(session|segment|token)_id$|^request_id$|_json$/;
  const expected = fields.filter((field) => reachable.has(field.parent.typeName) && ruled.test(field.name)).map(fullName);

  expect(new Set(Object.keys(TEXT_RULES))).toEqual(new Set(expected));
});

test("every request of the contract compiles to a plan, once", () => {
  for (const request of requests) expect(messagePlan(request)).toBe(messagePlan(request));
});

function fullName(part: { readonly parent: { readonly typeName: string }; readonly name: string }): string {
  return `${part.parent.typeName}.${part.name}`;
}

/** Oneofs, fields and enum values of the contract, with the comment above each. */
function commented(): { name: string; comment: string }[] {
  return ["entry", "segment", "segment_service"].flatMap((file) => {
    const found: { name: string; comment: string }[] = [];
    let scope = "";
    let comment = "";
    for (const line of readFileSync(`proto/seglog/v1/${file}.proto`, "utf8").split("\n")) {
      const text = /^\s*\/\/ ?(.*)$/.exec(line);
      if (text) {
        comment += ` ${text[1]}`;
        continue;
      }
      scope = /^(?:message|enum) (\w+)/.exec(line)?.[1] ?? scope;
      const name = /^\s+oneof (\w+)/.exec(line)?.[1] ?? /(\w+) = \d+;/.exec(line)?.[1];
      if (name !== undefined) found.push({ name: `seglog.v1.${scope}.${name}`, comment });
      comment = "";
    }
    return found;
  });
}
