import fc from "fast-check";
import { expect, test } from "vitest";
import { floatText } from "../../src/session-store/float-text.js";

test("law: a float reads as itself again", () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (float) => {
      expect(Math.fround(Number(floatText(float)))).toBe(float);
    }),
    { numRuns: 5000 },
  );
});

test.each([
  [0, "0.0"],
  [-0, "-0.0"],
  [1, "1.0"],
  [0.7, "0.7"],
  [-0.25, "-0.25"],
  [1234.5, "1234.5"],
  [123000, "123000.0"],
  [1e12, "1000000000000.0"],
  [1e13, "1e13"],
  [1.5e20, "1.5e20"],
  [0.001, "0.001"],
  [0.00001, "0.00001"],
  [0.0000025, "0.0000025"],
  [0.00000025, "2.5e-7"],
  [3.4028234663852886e38, "3.4028235e38"],
  [1.401298464324817e-45, "1e-45"],
  [2 ** 87, "1.5474251e26"],
  [2 ** -96, "1.2621775e-29"],
])("%s is written as %s", (double, text) => {
  expect(floatText(Math.fround(double))).toBe(text);
});
