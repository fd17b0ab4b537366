import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonProblem } from "../../../src/model/wire/json-text.js";

test("a text is one JSON value exactly where JSON.parse takes it", () => {
  const snippet = fc.constantFrom(
    ...'{}[]:,"\\ \n\t0123456789-+.eEtrufalsn/b\u00a0\u0001é'.split(""),
    "null",
    "\\u00",
    "1e5",
    '{"a":',
    "[1,",
  );
  const edited = fc.tuple(fc.json(), fc.nat(), fc.nat(3), snippet).map(([json, at, remove, insert]) => {
    const start = at % (json.length + 1);
    return json.slice(0, start) + insert + json.slice(start + remove);
  });
  const text = fc.oneof(
    fc.json(),
    edited,
    fc.array(snippet, { maxLength: 6 }).map((parts) => parts.join("")),
  );

  fc.assert(
    fc.property(text, (candidate) => {
      expect(problem(candidate) === undefined).toBe(parses(candidate));
    }),
    { numRuns: 5000 },
  );
});

test.each(["0", "-0", "1.5e+10", "[]", " { } ", '"\\ud800"', "123456789012345678901234567890", "1e999", "\t\r\n null \n"])(
  "%j is one JSON value",
  (text) => {
    expect(problem(text)).toBeUndefined();
  },
);

test.each([
  "",
  " ",
  "01",
  "1.",
  ".5",
  "+1",
  "-",
  "1e",
  "1e+",
  "tru",
  "nul",
  "truefalse",
  "1 2",
  "[1,]",
  '{"a":1,}',
  '{"a"}',
  "{a:1}",
  "'a'",
])("%j is not one JSON value", (text) => {
  expect(problem(text)).toBe("is not exactly one JSON value");
});

test.each(['"', '"\\', '"\\u12', '"\\u12g4"', '"\\x"', '"\u0001"', "[", "[[", '{"a":', "\ufeff1", "[}", '{"a":1]'])(
  "%j, which is cut off or foreign to JSON, is not one JSON value",
  (text) => {
    expect(problem(text)).toBe("is not exactly one JSON value");
  },
);

test("JSON may be nested 126 deep and no deeper, however long it is", () => {
  const nested = (depth: number) => `${'[{"a":'.repeat(depth / 2)}1${"}]".repeat(depth / 2)}`;

  expect(problem(nested(126))).toBeUndefined();
  expect(problem(nested(128))).toBe("is JSON nested deeper than 126");
  expect(problem(`[${nested(126)}]`)).toBe("is JSON nested deeper than 126");
  expect(problem("[".repeat(1_000_000))).toBe("is JSON nested deeper than 126");
});

test("bytes around the text do not count", () => {
  const bytes = new TextEncoder().encode("xx12345");

  expect(jsonProblem(bytes, 2, 4)).toBeUndefined();
  expect(jsonProblem(bytes, 1, 4)).toBe("is not exactly one JSON value");
});

function problem(text: string): string | undefined {
  const bytes = new TextEncoder().encode(text);
  return jsonProblem(bytes, 0, bytes.length);
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
