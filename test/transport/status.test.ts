import fc from "fast-check";
import { expect, test } from "vitest";
import { Code } from "../../gen/google/rpc/code_pb.js";
import { statusTrailers } from "../../src/transport/status.js";

test("a status is told by its number, its message and its details in base64 without padding", () => {
  const trailers = statusTrailers({ code: Code.ABORTED, message: "as it was", details: new Uint8Array([0xfb, 0xff]) });

  expect(trailers).toEqual({ "grpc-status": "10", "grpc-message": "as it was", "grpc-status-details-bin": "+/8" });
});

test("a message is escaped where a header cannot hold it, and only there", () => {
  const { "grpc-message": message } = statusTrailers({ code: Code.UNKNOWN, message: "100 % für ~😀\n\u007f\u0000" });

  expect(message).toBe("100 %25 f%C3%BCr ~%F0%9F%98%80%0A%7F%00");
});

test("any message is printable ASCII on its way and the same at its end", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (message) => {
      const encoded = String(statusTrailers({ code: Code.UNKNOWN, message })["grpc-message"]);

      expect(encoded).toMatch(/^[\x20-\x7e]*$/);
      expect(decodeURIComponent(encoded)).toBe(message);
    }),
  );
});
