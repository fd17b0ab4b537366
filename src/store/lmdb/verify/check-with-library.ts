import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { PageReader } from "../pages/page-reader.js";
import { Check, type CheckReport } from "./check.js";

const PROGRAM = fileURLToPath(new URL("./library-reader.js", import.meta.url));

/** What ended a process, and what it printed before. */
interface Ended {
  readonly how: string;
  readonly printed: string;
}

/**
 * Has a process of its own read the whole store with the database library, as a daemon would: it must not be ended by
 * that, and must come to the same counts.
 */
export async function checkWithLibrary(dir: string): Promise<CheckReport> {
  const check = new Check("library");
  const { how, printed } = await readInChild(dir);
  const wanted = countsOf(dir);
  if (!check.hold(how === "0", `reading the store with it ended a process with ${how}`)) return check.report();
  const { keys, records } = JSON.parse(printed) as { keys: number; records: number }; // library-reader.ts prints it
  check.looked(keys + records);
  check.hold(keys === wanted.keys, `gives ${keys} keys of tables, and their pages hold ${wanted.keys}`);
  check.hold(records === wanted.records, `gives ${records} records of the feed, and its pages hold ${wanted.records}`);
  return check.report();
}

async function readInChild(dir: string): Promise<Ended> {
  const child = spawn(process.execPath, [PROGRAM, dir], { stdio: ["ignore", "pipe", "ignore"] });
  const end = new Promise<string>((resolve) => child.once("close", (code, signal) => resolve(signal ?? String(code))));
  const [printed, how] = await Promise.all([text(child.stdout), end]);
  return { how, printed };
}

function countsOf(dir: string): { readonly keys: number; readonly records: number } {
  const reader = new PageReader(dir, () => {});
  reader.close();
  const feed = reader.trees.find(({ name }) => name === "feed")?.root;
  return { keys: reader.root.tables.entryCount - (feed === undefined ? 0 : 1), records: feed?.entryCount ?? 0 };
}
