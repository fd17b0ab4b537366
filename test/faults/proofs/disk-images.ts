import { join } from "node:path";
import { type Random, seededRandom } from "../../journeys/load/random.js";
import { figures, inTemporaryFolder } from "../../journeys/load/report.js";
import { integerFlags } from "../integer-flags.js";
import { countRows } from "../load/count-rows.js";
import { LossError } from "../load/find-state.js";
import { Recording, type RecordingParams } from "../load/recording.js";
import type { Trial } from "../load/trial.js";
import { compileC } from "../machine/compile-c.js";
import { requireFuse, requireLoopDisks } from "../machine/requirements.js";
import { showProgress } from "../progress.js";
import type { Proof } from "../proof.js";
import { WITHOUT_FLUSHES } from "../unsafe-engine/node-flags.js";

/** So many images are made of one recording. */
const IMAGES_PER_RECORDING = 50;

/** Of the images without flushes so many have to miss something, or the disk loses nothing. */
const LOSING_PART = 0.9;

/** Records what a disk is told while a daemon works on it, and opens the store on disks as a crash at any moment leaves them. */
export const diskImagesProof: Proof = {
  name: "disk-images",
  title: "a crash of the disk at any moment, unflushed writes lost or torn, takes nothing acknowledged or given; without flushes it does",
  short: ["--images", "30", "--control", "3"],
  full: ["--images", "500", "--control", "20"],
  async run(flags) {
    const { images, control, writers, operations, seed } = integerFlags(flags, { images: 500, control: 20, writers: 8, operations: 60 });
    requireLoopDisks();
    requireFuse();
    const totals = { writes: 0, flushes: 0, lost: 0, torn: 0, kept: 0, entries: 0 };
    const trials: Trial[] = [];
    let lostCount = 0;
    await inTemporaryFolder(async (folder) => {
      const program = await compileC("recording-disk", folder, "-I/usr/include/fuse3", "-lfuse3", "-lpthread");
      const params = { folder: join(folder, "recording"), program, writers, operations, nodeFlags: [] };
      for (let from = 0; from < images; from += IMAGES_PER_RECORDING) {
        const recording = await Recording.make({ ...params, seed: seed + from });
        trials.push(recording.trial);
        for (const { kind } of recording.records) totals[kind === "write" ? "writes" : "flushes"]++;
        await checkAnywhere(recording, Math.min(IMAGES_PER_RECORDING, images - from), seededRandom(seed + from), totals);
        await recording.remove();
        showProgress("image", Math.min(images, from + IMAGES_PER_RECORDING), images);
      }
      lostCount = await countLosing({ ...params, seed: seed + images, nodeFlags: WITHOUT_FLUSHES }, control);
    });
    console.log(
      figures({
        images,
        "writes recorded": totals.writes,
        "flushes recorded": totals.flushes,
        ...countRows(trials),
        "unflushed writes lost": totals.lost,
        "  torn": totals.torn,
        "  kept": totals.kept,
        "entries found on images": totals.entries,
        "images without flushes": control,
        "  that lost something": lostCount,
      }),
    );
    if (lostCount < control * LOSING_PART) throw new Error(`of ${control} images without flushes only ${lostCount} lost something`);
    return `${images} images, ${totals.entries} entries compared, 0 lost; without flushes ${lostCount} of ${control} lost`;
  },
};

/** Crashes at moments all over a recording; every other one right before a flush, when most can be lost. */
async function checkAnywhere(
  recording: Recording,
  images: number,
  random: Random,
  totals: { lost: number; torn: number; kept: number; entries: number },
): Promise<void> {
  const counts = Array.from({ length: images }, (_, i) => {
    const count = Math.ceil(random() * recording.records.length);
    const nextFlush = recording.records.findIndex(({ kind }, at) => kind === "flush" && at >= count);
    return i % 2 === 1 && nextFlush !== -1 ? nextFlush : count;
  });
  for (const count of counts.toSorted((a, b) => a - b)) {
    const found = await recording.checkImage(count).catch((error: unknown) => {
      console.error(`crash behind record ${count} of ${recording.records.length}:`);
      throw error;
    });
    totals.lost += found.lost;
    totals.torn += found.torn;
    totals.kept += found.kept;
    totals.entries += found.entries;
  }
}

/** Crashes at the end of a recording of an engine that does not flush, and counts after how many something is missing. */
async function countLosing(params: RecordingParams, images: number): Promise<number> {
  if (images === 0) return 0;
  const recording = await Recording.make(params);
  let lostCount = 0;
  for (let image = 0; image < images; image++) {
    try {
      await recording.checkImage(recording.records.length);
    } catch (error) {
      if (!(error instanceof LossError)) throw error;
      lostCount++;
    }
  }
  await recording.remove();
  return lostCount;
}
