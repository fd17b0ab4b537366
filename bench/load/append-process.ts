import { type StreamLoad, writeAppendStream } from "./append-stream-writer.js";
import { answerQuestions } from "./asked-process.js";
import { makeUnaryAppends, type UnaryLoad } from "./unary-appender.js";

/* The writers, in a process beside the daemon and the bench. */

/** What writers did. */
export interface Written {
  readonly entries: number;
  readonly seconds: number;
  /** Of the writers' process. */
  readonly cpuSeconds: number;
}

const answers = {
  /** Writes streams at once, each to its end. */
  streams: (loads: readonly StreamLoad[]): Promise<Written> =>
    timed(async () => {
      const messages = await Promise.all(loads.map(writeAppendStream));
      return messages.reduce((sum, count, i) => sum + count * (loads[i]?.entriesPerMessage ?? 0), 0);
    }),

  /** Makes unary appends until their time is over. */
  unary: (load: UnaryLoad): Promise<Written> => timed(async () => (await makeUnaryAppends(load)) * load.entriesPerMessage),
};

/** What the writers can be asked. */
export type AppendAnswers = typeof answers;

async function timed(write: () => Promise<number>): Promise<Written> {
  const cpuBefore = process.cpuUsage();
  const startMs = performance.now();
  const entries = await write();
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { entries, seconds, cpuSeconds: (user + system) / 1e6 };
}

answerQuestions(answers);
