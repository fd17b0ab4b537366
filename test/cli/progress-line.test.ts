import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ProgressLine } from "../../src/cli/progress-line.js";

const ERASED = "\r\u001b[K";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A line on a terminal that is none, and what has been written to it. */
function aLine({ isTTY = true, columns = 80 } = {}) {
  const written: string[] = [];
  return { written, line: new ProgressLine({ isTTY, columns, write: (text) => written.push(text) }) };
}

test("texts that come fast are drawn about ten times a second, the last one in any case", () => {
  const { written, line } = aLine();

  for (let i = 1; i <= 250; i++) {
    line.show(`${i} done`);
    vi.advanceTimersByTime(1);
  }
  vi.advanceTimersByTime(1000);

  expect(written).toEqual(["\r1 done\u001b[K", "\r100 done\u001b[K", "\r200 done\u001b[K", "\r250 done\u001b[K"]);
});

test("once it is taken away, nothing that waited is drawn any more", () => {
  const { written, line } = aLine();

  line.show("a");
  line.show("b");
  line.clear();
  vi.advanceTimersByTime(1000);

  expect(written).toEqual(["\ra\u001b[K", ERASED]);
});

test("a text fits into the line, with its controls escaped", () => {
  const { written, line } = aLine({ columns: 10 });

  line.show("\u001b[2J and more");

  expect(written).toEqual(["\r\\u001b[2J\u001b[K"]);
});

test("nothing is written where nobody looks", () => {
  const { written, line } = aLine({ isTTY: false });

  line.show("a");
  line.clear();

  expect(written).toEqual([]);
});
