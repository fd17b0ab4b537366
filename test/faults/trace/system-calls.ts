import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

/** One system call of a trace. Begin and end are numbers of lines: what a tracer saw first has the lower one. */
export interface SystemCall {
  readonly name: string;
  /** As strace writes them: `21</tmp/data.mdb>, "...", 4096, 8192`. */
  readonly args: string;
  readonly begin: number;
  readonly end: number;
  /** What it returned; -1 where it failed or never came back. */
  readonly result: number;
}

const WHOLE = /^(\d+) +(\w+)\((.*)\) += (-?\d+)/s;
const UNFINISHED = /^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$/s;
const RESUMED = /^(\d+) +<\.\.\. (\w+) resumed>.*\) += (-?\d+)/s;

/** Reads what `strace -f -y -o FILE` wrote, call by call in the order of their ends; those that never ended come last. */
export async function* readSystemCalls(file: string): AsyncGenerator<SystemCall, void, undefined> {
  const open = new Map<string, Omit<SystemCall, "end" | "result">>();
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(file, "latin1"), crlfDelay: Number.POSITIVE_INFINITY })) {
    line++;
    const [, pid = "", name = "", args = "", result = ""] = WHOLE.exec(text) ?? [];
    if (name !== "") {
      yield { name, args, begin: line, end: line, result: Number(result) };
      continue;
    }
    const begun = UNFINISHED.exec(text);
    if (begun !== null) {
      open.set(begun[1] ?? "", { name: begun[2] ?? "", args: begun[3] ?? "", begin: line });
      continue;
    }
    const resumed = RESUMED.exec(text);
    const call = resumed === null ? undefined : open.get(resumed[1] ?? pid);
    if (resumed === null || call === undefined) continue;
    open.delete(resumed[1] ?? pid);
    yield { ...call, end: line, result: Number(resumed[3]) };
  }
  for (const call of open.values()) yield { ...call, end: Number.POSITIVE_INFINITY, result: -1 };
}
