import { expect, test } from "vitest";
import { parseGrpcTimeout } from "../../src/transport/grpc-timeout.js";

test.each([
  ["1H", 3_600_000],
  ["2M", 120_000],
  ["30S", 30_000],
  ["100m", 100],
  ["1500u", 2],
  ["1n", 1],
  ["0S", 0],
  ["00000001S", 1000],
  ["99999999H", 99_999_999 * 3_600_000],
])("%s is %d ms", (text, ms) => {
  expect(parseGrpcTimeout(text)).toBe(ms);
});

test.each(["", "S", "10", "10s", "-1S", "1.5S", " 1S", "1S ", "1S,1S", "123456789S", "1SS", "١S"])("%j is no timeout", (text) => {
  expect(parseGrpcTimeout(text)).toBeUndefined();
});
