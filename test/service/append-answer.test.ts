import { create, fromBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { AppendResponseSchema, AppendStreamResponseSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { encodeAppended, encodeAppendResponse } from "../../src/service/append-answer.js";
import { segment } from "../store/contract/sample-entries.js";

const integer = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.maxSafeNat());

test("answers decode to what they were made of, whatever the numbers", () => {
  const law = fc.property(integer, integer, integer, fc.boolean(), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (...facts) => {
    const [firstIndex, entryCount, headPosition, forked, correlationId] = facts;
    const appended = encodeAppendResponse({ segmentId: segment(3), firstIndex, entryCount, headPosition, forked });

    const answer = fromBinary(AppendStreamResponseSchema, encodeAppended(correlationId, appended));

    const value = create(AppendResponseSchema, {
      segmentId: segment(3),
      firstIndex: BigInt(firstIndex),
      entryCount: BigInt(entryCount),
      headPosition: BigInt(headPosition),
      forked,
    });
    expect(answer).toEqual(create(AppendStreamResponseSchema, { correlationId, outcome: { case: "appended", value } }));
  });
  fc.assert(law);
});
