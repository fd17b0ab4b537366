import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { makeDisk, mountDisk, noteMount, unmount } from "./mounted-disk.js";
import { run } from "./run.js";

/** Where an ext4 is mounted that has all its disk is told put down. */
export interface RecordingDisk {
  /** Of the file system. */
  readonly mountPoint: string;
  /** The disk as it was when recording began. */
  readonly base: string;
  /** See read-write-log.ts. */
  readonly log: string;
  /** How long the log is now, in bytes. */
  logBytes(): number;
  /** Ends the recording; what is written by that is put down, too. */
  close(): Promise<void>;
}

/**
 * Makes an ext4, and has what is written to its disk put down from here on.
 *
 * @param program the compiled `native/recording-disk.c`
 */
export async function startRecordingDisk(folder: string, program: string): Promise<RecordingDisk> {
  const [base, backing, log] = [join(folder, "base"), join(folder, "backing"), join(folder, "log")];
  const [recorder, mountPoint] = [join(folder, "recorder"), join(folder, "recorded")];
  mkdirSync(recorder, { recursive: true });
  await makeDisk(base);
  await run("cp", "--sparse=always", base, backing);
  const child = spawn(program, [backing, log, recorder], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  await Promise.race([
    once(child.stdout, "data"),
    ended.then(([code]) => Promise.reject(new Error(`the recording disk ended with ${code}`))),
  ]);
  noteMount(recorder);
  await mountDisk(join(recorder, "disk"), mountPoint);
  return {
    mountPoint,
    base,
    log,
    logBytes: () => statSync(log).size,
    async close() {
      await unmount(mountPoint);
      await unmount(recorder);
      await ended;
    },
  };
}
