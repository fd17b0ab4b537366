import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Json, JsonError, JsonNumber, JsonObject, readJson } from "../../src/session-store/json.js";

const LONE_SURROGATE = /\p{Surrogate}/u;

test("law: what the language's own parser takes is read the same, and what it refuses is refused", () => {
  const text = fc
    .tuple(
      fc.json({ stringUnit: "binary" }),
      fc.nat(),
      fc.nat({ max: 2 }),
      fc.constantFrom("", " ", "\n", ",", "]", "0", "-", ".5", "e+1", "\\", "\\u00e9", '"', "\u0001"),
    )
    .map(([json, at, cut, put]) => {
      const place = at % (json.length + 1);
      return json.slice(0, place) + put + json.slice(place + cut);
    })
    .filter((text) => !LONE_SURROGATE.test(text));
  fc.assert(
    fc.property(text, (text) => {
      const expected = parsed(text);

      const read = expected === undefined ? undefined : plain(readJson(text));

      if (expected === undefined) expect(() => readJson(text)).toThrow(JsonError);
      else expect(read).toEqual(expected);
    }),
    { numRuns: 5000 },
  );
});

describe("read in full", () => {
  test("numbers as they are written", () => {
    const read = readJson("[9007199254740993, 1.50, -0, 1E5]");

    expect(read).toEqual(["9007199254740993", "1.50", "-0", "1E5"].map((text) => new JsonNumber(text)));
  });

  test("members in order, repeated keys among them, and where their values stand", () => {
    const text = '{"b": [1 ] ,"a":2,"b":"x"}';

    const read = readJson(text);

    const members = read instanceof JsonObject ? read.members : [];
    expect(members.map(({ key, from, to }) => [key, text.slice(from, to)])).toEqual([
      ["b", "[1 ]"],
      ["a", "2"],
      ["b", '"x"'],
    ]);
  });

  test("127 levels", () => {
    const text = "[".repeat(127) + "]".repeat(127);

    expect(() => readJson(text)).not.toThrow();
    expect(() => readJson(`[${text}]`)).toThrow("nested deeper than 127");
  });
});

test.each([
  '"\\ud800"',
  '"\\udc00"',
  '"\\ud800x"',
  '"\\ud800\\u0041"',
  '"\\udc00\\ud800"',
  "1e999",
  "-1e999",
  "\ufeff1",
  "NaN",
  "01",
  "1.",
  "+1",
])("%s is refused", (text) => {
  expect(() => readJson(text)).toThrow(JsonError);
});

/** What JSON.parse makes of a text; undefined where it refuses, or takes what the seed's reader does not. */
function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isTaken(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isTaken(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value === "string") return !LONE_SURROGATE.test(value);
  return typeof value !== "object" || value === null || Object.entries(value).flat().every(isTaken);
}

function plain(json: Json): unknown {
  if (json instanceof JsonNumber) return Number(json.text);
  if (json instanceof JsonObject) return Object.fromEntries(json.members.map(({ key, value }) => [key, plain(value)]));
  return Array.isArray(json) ? json.map(plain) : json;
}
