import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { GetSegmentRequestSchema, GetSegmentResponseSchema, SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { rawServiceDefinition, typedMethodDefinition } from "../../src/contract/rpc-definitions.js";

test("every method of the contract is defined, with its path and its streams", () => {
  const definition = rawServiceDefinition(SegmentService);

  expect(Object.keys(definition)).toEqual(SegmentService.methods.map((method) => method.localName));
  expect(definition["getSegment"]).toMatchObject({
    path: "/seglog.v1.SegmentService/GetSegment",
    requestStream: false,
    responseStream: false,
  });
  expect(definition["tail"]).toMatchObject({ path: "/seglog.v1.SegmentService/Tail", requestStream: false, responseStream: true });
  expect(definition["importSegment"]).toMatchObject({ requestStream: true, responseStream: false });
  expect(definition["appendStream"]).toMatchObject({ requestStream: true, responseStream: true });
});

test("raw messages pass as the bytes that they are, and never as a Buffer", () => {
  const { requestDeserialize, responseSerialize } = rawServiceDefinition(SegmentService)["getSegment"] ?? expect.fail("is defined");
  const bytes = Buffer.from([9, 8, 7]).subarray(1);

  const request = requestDeserialize(bytes);
  const response = responseSerialize(new Uint8Array([1, 2, 3, 4]).subarray(1, 3));

  expect(request).toEqual(new Uint8Array([8, 7]));
  expect(request).not.toBeInstanceOf(Buffer);
  expect(response).toEqual(Buffer.from([2, 3]));
});

test("typed messages are encoded and decoded as the contract says", () => {
  const { requestSerialize, responseDeserialize } = typedMethodDefinition(SegmentService.method.getSegment);
  const answer = create(GetSegmentResponseSchema, { segment: { segmentId: "S", entryCount: 5n } });

  const request = requestSerialize({ segmentId: "S" });
  const response = responseDeserialize(Buffer.from(toBinary(GetSegmentResponseSchema, answer)));

  expect(fromBinary(GetSegmentRequestSchema, request).segmentId).toBe("S");
  expect(response).toEqual(answer);
});
