import { fromBinary } from "@bufbuild/protobuf";
import { anyIs } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { expect, test } from "vitest";
import { BadRequestSchema, ErrorInfoSchema, ResourceInfoSchema, RetryInfoSchema } from "../../gen/google/rpc/error_details_pb.js";
import { StatusSchema } from "../../gen/google/rpc/status_pb.js";
import { decodeErrorDetails, encodeErrorDetails, NO_ERROR_DETAILS } from "../../src/contract/error-details.js";
import { STATUS_CODE_OF_REASON } from "../../src/contract/status-code.js";
import { headMismatch, invalidField, type Reason, SeglogError, segmentNotFound } from "../../src/model/errors.js";

// fromEntries and keys forget that the names are reasons
const REASONS = Object.keys(STATUS_CODE_OF_REASON) as Reason[];

test.each(REASONS)("what %s says comes back as it was", (reason) => {
  const facts = { metadata: { segment_id: "S" }, fieldViolations: [{ field: "a.b", description: "is no good" }], retryAfterMs: 1500 };

  const decoded = decodeErrorDetails(encodeErrorDetails(new SeglogError(reason, "no", facts)));

  expect(decoded).toEqual({ reason, ...facts });
});

test("every error carries one ErrorInfo, and the rest only where it helps", () => {
  const kinds = (error: SeglogError) => {
    const { details } = fromBinary(StatusSchema, encodeErrorDetails(error));
    return [ErrorInfoSchema, BadRequestSchema, ResourceInfoSchema, RetryInfoSchema].map(
      (schema) => details.filter((any) => anyIs(any, schema)).length,
    );
  };

  expect(kinds(headMismatch({ segmentId: "S", entryCount: 3, headPosition: 9 }))).toEqual([1, 0, 0, 0]);
  expect(kinds(invalidField("entries[3].time", "is past year 9999"))).toEqual([1, 1, 0, 0]);
  expect(kinds(segmentNotFound("S"))).toEqual([1, 0, 1, 0]);
  expect(kinds(new SeglogError("DRAINING", "stopping", { retryAfterMs: 1000 }))).toEqual([1, 0, 0, 1]);
});

test("the cause of an error is not sent", () => {
  const error = new SeglogError("STORE_FULL", "no room", { cause: new Error("secret") });

  const sent = Buffer.from(encodeErrorDetails(error)).toString("latin1");

  expect(sent).not.toContain("secret");
});

test("details never pass what fits the headers of a careful client", () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.nat(100), (chars, violationCount) => {
      const long = "x".repeat(chars);
      const fieldViolations = Array.from({ length: violationCount }, () => ({ field: long, description: long }));
      const encoded = encodeErrorDetails(new SeglogError("INVALID_FIELD", long, { fieldViolations, metadata: { field: long } }));

      expect(encoded.length).toBeLessThan(6000); // 8 KiB as base64
      expect(decodeErrorDetails(encoded).reason).toBe("INVALID_FIELD");
    }),
    { numRuns: 50 },
  );
});

test("bytes that are no details say nothing", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(Object.keys(decodeErrorDetails(bytes))).toEqual(Object.keys(NO_ERROR_DETAILS));
    }),
  );
  expect(decodeErrorDetails(new Uint8Array([0x0a]))).toEqual(NO_ERROR_DETAILS);
});
