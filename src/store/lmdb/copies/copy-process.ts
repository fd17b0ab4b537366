import { setPriority } from "node:os";
import { Engine } from "../engine.js";
import { MAP_BYTES_DEFAULT } from "../map-bytes.js";
import { NewerFormatError, readStoreMeta, type StoreMeta, writeStoreMeta } from "../tables/store-meta.js";
import { BrokenSealError } from "../values/sealed.js";
import { checkStore, DamagedCopyError } from "./check-store.js";
import type { CopyTask, TaskFailure, TaskReport, TaskResults } from "./copy-task.js";

/*
 * The process that run-task.ts starts: it is sent one task, says what came of it, and ends. It goes with the process that
 * started it, and gives way to that one.
 */

const NICENESS = 10;

setPriority(NICENESS);
process.on("disconnect", () => process.kill(process.pid, "SIGKILL")); // the way out that nothing in the library holds up
process.once("message", async (task: CopyTask) => {
  try {
    tell({ type: "done", result: await runs[task.type](task as never) }); // each of them takes the task of its own type
  } catch (error) {
    tell({ type: "failed", failure: failureOf(error) });
  }
});

const runs: { readonly [T in CopyTask["type"]]: (task: Extract<CopyTask, { type: T }>) => Promise<TaskResults[T]> } = {
  measure: ({ dir }) =>
    withEngine(dir, async (engine) => {
      const { storeId } = metaOf(engine);
      engine.openFeed();
      return { storeId, usedBytes: engine.mapUse().usedBytes };
    }),
  copy: ({ dir, to }) =>
    withEngine(dir, async (engine) => {
      await engine.copyTo(to);
      return null;
    }),
  check: ({ dir }) => checkStore(dir),
  renew: async ({ dir, storeId }) => {
    const engine = new Engine(dir, MAP_BYTES_DEFAULT);
    await engine.commit((writer) => writeStoreMeta(writer, { ...metaOf(engine), storeId }));
    await engine.close();
    return null;
  },
};

async function withEngine<Result>(dir: string, work: (engine: Engine) => Promise<Result>): Promise<Result> {
  const engine = new Engine(dir, MAP_BYTES_DEFAULT, { readOnly: true });
  const result = await work(engine);
  await engine.close();
  return result;
}

/** Before anything else: a newer format is not read on. */
function metaOf(engine: Engine): StoreMeta {
  const meta = readStoreMeta(engine.read());
  if (meta === undefined) throw new DamagedCopyError("it holds no store");
  return meta;
}

function failureOf(error: unknown): TaskFailure {
  if (error instanceof NewerFormatError) return { type: "newerFormat", found: error.found };
  const message = error instanceof Error ? error.message : String(error);
  return { type: error instanceof DamagedCopyError || error instanceof BrokenSealError ? "damaged" : "other", message };
}

function tell(report: TaskReport): void {
  process.send?.(report, undefined, undefined, () => process.disconnect());
}
