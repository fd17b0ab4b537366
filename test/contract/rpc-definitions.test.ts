import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { GetSegmentRequestSchema, GetSegmentResponseSchema, SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { typedMethodDefinition } from "../../src/contract/rpc-definitions.js";

test("a method is defined with its path and its streams", () => {
  const { getSegment, tail, importSegment, appendStream } = SegmentService.method;

  expect(typedMethodDefinition(getSegment)).toMatchObject({
    path: "/seglog.v1.SegmentService/GetSegment",
    requestStream: false,
    responseStream: false,
  });
  expect(typedMethodDefinition(tail)).toMatchObject({ path: "/seglog.v1.SegmentService/Tail", requestStream: false, responseStream: true });
  expect(typedMethodDefinition(importSegment)).toMatchObject({ requestStream: true, responseStream: false });
  expect(typedMethodDefinition(appendStream)).toMatchObject({ requestStream: true, responseStream: true });
});

test("typed messages are encoded and decoded as the contract says", () => {
  const { requestSerialize, responseDeserialize } = typedMethodDefinition(SegmentService.method.getSegment);
  const answer = create(GetSegmentResponseSchema, { segment: { segmentId: "S", entryCount: 5n } });

  const request = requestSerialize({ segmentId: "S" });
  const response = responseDeserialize(Buffer.from(toBinary(GetSegmentResponseSchema, answer)));

  expect(fromBinary(GetSegmentRequestSchema, request).segmentId).toBe("S");
  expect(response).toEqual(answer);
});
