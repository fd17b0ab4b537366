import { describe, expect, test } from "vitest";
import { type LineProblem, readLog, readWholeLog } from "../../src/session-store/read-log.js";
import { goldenLogs } from "../support/golden.js";

const START =
  '{"kind":"segment_start","ts":1,"session_id":"01960000-0000-7000-8000-000000000001","config":{"stop_sequences":[]},"history":[]}';
const TURN_END = '{"kind":"turn_end","ts":2,"turn_count":1}';
const PLURAL =
  '{"kind":"tool_results","ts":3,"items":[{"kind":"tool_call","call_id":"c","name":"n","arguments":""},{"kind":"tool_call","call_id":"c","name":"n","arguments":""},{"kind":"tool_call","call_id":"c","name":"n","arguments":""}]}';
const SEEDLING = new TextEncoder().encode('"🌱');

describe("a log is read line by line", () => {
  test("line ends with and without carriage return, blank lines skipped but counted", async () => {
    const log = await read(`${START}\r\n\r\n \u3000\n${TURN_END}\n{"kind":"new","ts":1}\r\n`);

    expect(log.kinds).toEqual(["segmentStart", "turnEnd", "foreign"]);
    expect(log.report).toEqual([{ line: 5, problem: "kept as a foreign entry: it is of an unknown kind" }]);
  });

  test("a last line without its line end counts where it is whole JSON", async () => {
    const log = await read(`${START}\n${TURN_END}`);

    expect(log.kinds).toEqual(["segmentStart", "turnEnd"]);
    expect(log.report).toEqual([]);
  });

  test("a torn last line is left out and reported", async () => {
    const log = await read(`${START}\n${TURN_END.slice(0, -3)}`);

    expect(log.kinds).toEqual(["segmentStart"]);
    expect(log.report).toEqual([{ line: 2, problem: "the last line is torn: left out" }]);
  });

  test("a last line torn within a character is left out and reported", async () => {
    const log = await read(`${START}\n`, SEEDLING.subarray(0, 3));

    expect(log.kinds).toEqual(["segmentStart"]);
    expect(log.report).toEqual([{ line: 2, problem: "the last line is torn within a character: left out" }]);
  });

  test("a line in the middle that is not UTF-8 is left out, and the shift of indexes reported", async () => {
    const log = await read(`${START}\n`, Uint8Array.of(0xff, 0x0a), `${TURN_END}\n`);

    expect(log.kinds).toEqual(["segmentStart", "turnEnd"]);
    expect(log.report).toEqual([{ line: 2, problem: "not UTF-8: left out" }, shiftAt(2)]);
  });

  test("the shift of indexes behind lines of plural kinds adds up", async () => {
    const log = await read([START, PLURAL, TURN_END, PLURAL, '{"kind":"tool_results","ts":3,"items":[]}', ""].join("\n"));

    expect(log.kinds).toHaveLength(8);
    expect(log.report).toEqual([
      { line: 2, problem: "became 3 entries: from here on indexes differ by +2 from those in the file" },
      { line: 4, problem: "became 3 entries: from here on indexes differ by +4 from those in the file" },
      { line: 5, problem: "became 0 entries: from here on indexes differ by +3 from those in the file" },
    ]);
  });

  test("a byte order mark makes the first line foreign, and so the log one without a start", async () => {
    const log = await read(`\ufeff${START}\n${TURN_END}\n`);

    expect(log.kinds).toEqual([]);
    expect(log.report.at(-1)).toEqual({ line: 1, problem: "the log does not begin with a segment_start: left out as a whole" });
  });
});

describe("a log is left out as a whole", () => {
  test.each([
    ["it is empty", "", "the log has no entries: left out"],
    ["it has only blank lines", "\n \n", "the log has no entries: left out"],
    ["it has only a torn line", '{"kind"', "the log has no entries: left out"],
    ["it begins with another entry", `${TURN_END}\n${START}\n`, "the log does not begin with a segment_start: left out as a whole"],
  ])("where %s", async (_when, text, problem) => {
    const log = await read(text);

    expect(log.kinds).toEqual([]);
    expect(log.report.at(-1)?.problem).toBe(problem);
  });
});

test("a log reads the same however its bytes are cut into chunks", async () => {
  const bytes = goldenLogs()[0]?.bytes ?? new Uint8Array();

  for (const size of [1, 2, 3, 7, 64, bytes.length]) {
    const chunked = await readWholeLog(cut(bytes, size));

    expect(chunked).toEqual(await readWholeLog([bytes]));
  }
});

test("a log is pulled from its source, not taken whole", async () => {
  let chunkCount = 0;
  async function* chunks() {
    for (;;) {
      chunkCount++;
      yield new TextEncoder().encode(`${chunkCount === 1 ? START : TURN_END}\n`);
    }
  }

  const log = readLog(chunks());
  const first = await log.next();
  await log.return();

  expect(first.value).toMatchObject({ line: 1 });
  expect(chunkCount).toBe(1);
});

async function read(...parts: readonly (string | Uint8Array)[]): Promise<{ kinds: unknown[]; report: LineProblem[] }> {
  const chunks = parts.map((part) => (typeof part === "string" ? new TextEncoder().encode(part) : part));
  const { entries, report } = await readWholeLog(chunks);
  return { kinds: entries.map(({ kind }) => kind.case), report };
}

function shiftAt(line: number): LineProblem {
  return { line, problem: "became 0 entries: from here on indexes differ by -1 from those in the file" };
}

function* cut(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}
