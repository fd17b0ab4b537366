import { AppendStream, appendStreamRequest } from "./append-stream.js";
import { answerQuestions } from "./asked-process.js";
import { monotonicMs } from "./clock.js";
import { RawCaller } from "./raw-caller.js";

/*
 * Many writers in one process, each with a connection and a segment of its own, which wait for each answer before they
 * write again.
 */
let writers: { readonly stream: AppendStream; readonly unit: Uint8Array }[] = [];

const answers = {
  /** Connects one writer for each segment. */
  async connect(socket: string, segmentIds: readonly string[]): Promise<void> {
    writers = await Promise.all(
      segmentIds.map(async (segmentId) => ({
        stream: new AppendStream(await RawCaller.connect(socket)),
        unit: appendStreamRequest(segmentId, { entries: 1, entryBytes: 600 }),
      })),
    );
  },

  /** Writes for so many seconds and says how many units were acknowledged. */
  async write(seconds: number): Promise<number> {
    const endMs = monotonicMs() + seconds * 1000;
    let count = 0;
    const writeOn = async ({ stream, unit }: { readonly stream: AppendStream; readonly unit: Uint8Array }) => {
      for (; monotonicMs() < endMs; count++) await stream.append(unit);
    };
    await Promise.all(writers.map(writeOn));
    return count;
  },
};

/** What the writers can be asked. */
export type WriterAnswers = typeof answers;

answerQuestions(answers);
