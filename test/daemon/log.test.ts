import { PassThrough, Writable } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createLogger, createStreamLogger, LOG_LEVELS, type Logger } from "../../src/daemon/log.js";
import { headMismatch } from "../../src/model/errors.js";

const NOON = new Date("2026-01-02T12:00:00.000Z");
const PAYLOAD = "the-secret-of-a-pod";

test("a JSON line has time, level, message and fields", () => {
  const { log, lines } = logger("json");

  log.with({ store: "A" }).info("opened", { entries: 3, position: 2n ** 60n, missing: undefined });

  expect(lines()).toEqual([
    '{"time":"2026-01-02T12:00:00.000Z","level":"info","message":"opened","store":"A","entries":3,"position":"1152921504606846976"}\n',
  ]);
});

test("a text line has the same for people", () => {
  const { log, lines } = logger("text");

  log.warn("opened", { path: "/a/b.sock", why: "two words", missing: undefined });

  expect(lines()).toEqual(['2026-01-02T12:00:00.000Z WARN  opened path=/a/b.sock why="two words"\n']);
});

test.each(LOG_LEVELS)("from level %s on, all that matters as much is logged, and no more", (level) => {
  const { log, lines } = logger("json", level);

  for (const each of LOG_LEVELS) log[each]("said");

  expect(lines().map((line) => JSON.parse(line).level)).toEqual(LOG_LEVELS.slice(LOG_LEVELS.indexOf(level)));
});

test("a field cannot stand for what the logger itself says", () => {
  const { log, lines } = logger("json");

  log.info("opened", { level: "error", time: "never", message: "closed" });

  expect(JSON.parse(lines()[0] ?? "")).toEqual({ time: NOON.toISOString(), level: "info", message: "opened" });
});

test.each(["json", "text"] as const)("whatever a field holds, a %s line stays one line without control characters", (format) => {
  const hostile = fc.string({
    unit: fc.constantFrom("\n", "\r", "\u001b[2J", "\u007f", "\u009b", "\u2028", "\u202e", "\u2066", '"', "\\", "a"),
  });

  fc.assert(
    fc.property(hostile, (text) => {
      const { log, lines } = logger(format);
      log.info("said", { text });

      expect(lines()[0]).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*\n$/u);
      if (format === "json") expect(JSON.parse(lines()[0] ?? "").text).toBe(text);
    }),
  );
});

test("a long field is cut", () => {
  const { log, lines } = logger("json");

  log.info("said", { text: "x".repeat(5000) });

  expect(JSON.parse(lines()[0] ?? "").text).toBe(`${"x".repeat(1000)}…`);
});

test("an error is logged with its code, frames and causes", () => {
  const { log, lines } = logger("json");
  const cause = Object.assign(new Error("no space"), { code: "ENOSPC" });

  log.error("commit failed", { writes: 2 }, new TypeError("broken", { cause }));

  const { error } = JSON.parse(lines()[0] ?? "");
  expect(error).toMatchObject({ name: "TypeError", message: "broken", cause: { name: "Error", message: "no space", code: "ENOSPC" } });
  expect(error.stack[0]).toMatch(/^at .*log\.test\.ts/);
});

test("an error of the service is logged with its reason", () => {
  const { log, lines } = logger("json");

  log.warn("refused", {}, headMismatch({ segmentId: "S", entryCount: 1, headPosition: 2 }));

  expect(JSON.parse(lines()[0] ?? "").error).toMatchObject({ name: "SeglogError", code: "HEAD_MISMATCH" });
});

test.each(["json", "text"] as const)("what an error quotes of its input is not logged as %s", (format) => {
  const { log, lines } = logger(format);

  log.error("failed", {}, new Error("outer", { cause: thrownBy(() => JSON.parse(PAYLOAD)) }));
  log.error(
    "failed",
    {},
    thrownBy(() => BigInt(PAYLOAD)),
  );
  log.error("failed", {}, PAYLOAD);

  expect(lines().join("")).not.toContain(PAYLOAD.slice(0, 5));
  expect(lines().join("")).toContain("SyntaxError");
  expect(lines()).toHaveLength(3);
});

test("causes that go in circles come to an end", () => {
  const { log, lines } = logger("text");
  const error = new Error("round");
  error.cause = error;

  log.error("failed", {}, error);

  expect(lines()[0]?.match(/Error: round/g)).toHaveLength(6);
});

test.each([
  [true, /^2026-.* INFO {2}said\n$/],
  [false, /^\{.*"message":"said"\}\n$/],
])("on a stream, the form follows the terminal: %j", (isTTY, form) => {
  const written: string[] = [];
  const stream = new PassThrough().on("data", (chunk) => written.push(String(chunk)));
  const log = createStreamLogger({ format: "auto", level: "info", stream: Object.assign(stream, { isTTY }) });

  log.info("said");

  expect(written.join("").replace(/20\d\d-/, "2026-")).toMatch(form);
});

test("a stream that fails does not throw", () => {
  const stream = new Writable({ write: (_chunk, _, done) => done(new Error("EPIPE")) });
  const log = createStreamLogger({ format: "json", level: "info", stream });

  log.info("said");

  expect(() => log.info("said again")).not.toThrow();
});

function logger(format: "json" | "text", level: (typeof LOG_LEVELS)[number] = "info"): { log: Logger; lines: () => string[] } {
  const written: string[] = [];
  return { log: createLogger({ format, level, write: (line) => written.push(line), now: () => NOON }), lines: () => written };
}

function thrownBy(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
