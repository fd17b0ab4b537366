import { expect, test } from "vitest";
import { CONTROL_BYTES_MAX, CONTROL_BYTES_PER_SECOND } from "../../src/model/limits.js";
import { FloodGauge, type Traffic } from "../../src/transport/flood-gauge.js";

const HEADER_BYTES = 1000;
const QUIET: Traffic = { readBytes: 0, writtenBytes: 0, dataBytes: 0, callCount: 0 };

test.each([
  ["headers of calls", { readBytes: 10_000 * HEADER_BYTES, callCount: 10_000 }],
  ["requests in small frames", { readBytes: 20 * CONTROL_BYTES_MAX, dataBytes: 10 * CONTROL_BYTES_MAX }],
  ["windows that are opened for answers", { readBytes: 10 * CONTROL_BYTES_MAX, writtenBytes: 20 * CONTROL_BYTES_MAX }],
  ["as much else as may come in one go", { readBytes: CONTROL_BYTES_MAX }],
])("%s are no flood", (_what, traffic) => {
  const gauge = new FloodGauge(HEADER_BYTES, 0);

  expect(gauge.isFlood({ ...QUIET, ...traffic }, 0)).toBe(false);
});

test.each([
  ["a byte more than may come in one go", { readBytes: CONTROL_BYTES_MAX + 1 }],
  ["headers that are no calls", { readBytes: CONTROL_BYTES_MAX + 11 * HEADER_BYTES, callCount: 10 }],
  ["what hides behind requests", { readBytes: CONTROL_BYTES_MAX + 2001, dataBytes: 1000 }],
])("%s is one", (_what, traffic) => {
  const gauge = new FloodGauge(HEADER_BYTES, 0);

  expect(gauge.isFlood({ ...QUIET, ...traffic }, 0)).toBe(true);
});

test("what comes at the rate that is allowed goes on for ever, and what comes faster does not", () => {
  const [steady, fast] = [new FloodGauge(HEADER_BYTES, 0), new FloodGauge(HEADER_BYTES, 0)];
  const after = (gauge: FloodGauge, perSecond: number) =>
    Array.from({ length: 100 }, (_, second) => gauge.isFlood({ ...QUIET, readBytes: (second + 1) * perSecond }, (second + 1) * 1000));

  expect(after(steady, CONTROL_BYTES_PER_SECOND)).not.toContain(true);
  expect(after(fast, CONTROL_BYTES_PER_SECOND * 1.1).indexOf(true)).toBeGreaterThan(30);
});

test("a pause is no credit for a flood", () => {
  const gauge = new FloodGauge(HEADER_BYTES, 0);

  gauge.isFlood(QUIET, 1_000_000);

  expect(gauge.isFlood({ ...QUIET, readBytes: CONTROL_BYTES_MAX + 1 }, 1_000_000)).toBe(true);
});
