import { InvalidArgumentError } from "commander";
import { expect, test } from "vitest";
import { parseCount, parseWhole } from "../../src/cli/arguments.js";
import { clientTarget } from "../../src/cli/client-target.js";
import { CommandError } from "../../src/cli/command-error.js";
import { formatOf } from "../../src/cli/formats.js";
import { askedTail } from "../../src/cli/tail/tail-request.js";

/** What a reader of flags refuses them with. */
function refusal(read: () => unknown): CommandError {
  try {
    read();
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

test.each(["localhost", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:http", ":7443", "::1:7443", "http://a:7443"])(
  "the address %s is refused in terms of what is wanted",
  (address) => {
    expect(refusal(() => clientTarget({ address }))).toMatchObject({ exitCode: 2, message: expect.stringContaining("wanted HOST:PORT") });
  },
);

test.each(["localhost:7443", "127.0.0.1:1", "[::1]:65535", "logs.example:7443"])("the address %s is taken", (address) => {
  expect(clientTarget({ address })).toMatchObject({ target: { address }, place: address });
});

test("an index to follow from is of a segment, and within 64 bits", () => {
  const of = (flags: object) => refusal(() => askedTail({ segmentId: undefined, ...flags }));

  expect(askedTail({ segmentId: "x", from: "3" }).start).toEqual({ case: "fromIndex", value: 3n });
  expect(of({ segmentId: "x", from: "99999999999999999999999" }).message).toContain("--from is neither beginning, end nor an index");
  expect(of({ store: true, from: "3" }).message).toContain("--from has an index, which a segment alone has");
});

test("flags that contradict each other are refused, with where to look", () => {
  expect(formatOf({ json: true, format: "json" })).toBe("json");
  expect(refusal(() => formatOf({ json: true, format: "text" }))).toMatchObject({
    exitCode: 2,
    message: "--json and --format text name two formats; wanted one of them",
    advice: [expect.stringContaining("--help")],
  });
});

test("a count of what is kept is at least 1, any other number at least 0", () => {
  expect(parseWhole("0")).toBe(0n);
  expect(parseCount("1")).toBe(1n);
  expect(() => parseCount("0")).toThrow(InvalidArgumentError);
  expect(() => parseWhole("18446744073709551616")).toThrow(InvalidArgumentError);
});
