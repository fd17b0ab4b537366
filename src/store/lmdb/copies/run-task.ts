import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { NewerFormatError } from "../tables/store-meta.js";
import { DamagedCopyError } from "./check-store.js";
import type { CopyTask, TaskFailure, TaskReport, TaskResults } from "./copy-task.js";

const PROCESS = fileURLToPath(new URL("./copy-process.js", import.meta.url));

/** Of what the process writes to standard error, so much is told on, in characters. */
const STDERR_CHARS_MAX = 300;

/**
 * Runs a task in a process of its own, and resolves when that process has gone.
 *
 * @param signal ends the process
 * @throws NewerFormatError, DamagedCopyError; the signal's reason once that has aborted
 */
export async function runTask<T extends CopyTask["type"]>(
  task: Extract<CopyTask, { readonly type: T }>,
  signal: AbortSignal,
): Promise<TaskResults[T]> {
  signal.throwIfAborted();
  const child = fork(PROCESS, [], { stdio: ["ignore", "ignore", "pipe", "ipc"], execArgv: [] });
  const kill = () => child.kill("SIGKILL");
  signal.addEventListener("abort", kill, { once: true });
  try {
    const report = await reportOf(child, task);
    signal.throwIfAborted();
    if (report.type === "failed") throw errorOf(report.failure);
    return report.result as TaskResults[T]; // the process answers the task that it was sent
  } finally {
    signal.removeEventListener("abort", kill);
  }
}

/** A process that ends without a word was ended by what it read: LMDB asserts, and a file that is too short is a SIGBUS. */
function reportOf(child: ChildProcess, task: CopyTask): Promise<TaskReport> {
  let told: TaskReport | undefined;
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(0, STDERR_CHARS_MAX);
  });
  return new Promise((resolve, reject) => {
    child.once("message", (report: TaskReport) => {
      told = report;
    });
    child.once("error", reject);
    child.once("close", (exitCode, signal) => {
      const message = `the process that was to ${task.type} a store ended with ${exitCode ?? signal}${stderr === "" ? "" : `: ${stderr.trim()}`}`;
      resolve(told ?? { type: "failed", failure: { type: signal === "SIGKILL" ? "other" : "damaged", message } });
    });
    child.send(task, (error) => {
      if (error !== null) kill(child);
    });
  });
}

/** What cannot be told its task does nothing for ever. */
function kill(child: ChildProcess): void {
  child.kill("SIGKILL");
}

function errorOf(failure: TaskFailure): Error {
  switch (failure.type) {
    case "newerFormat":
      return new NewerFormatError(failure.found);
    case "damaged":
      return new DamagedCopyError(failure.message);
    case "other":
      return new Error(failure.message);
    default:
      return failure satisfies never;
  }
}
