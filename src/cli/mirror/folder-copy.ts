import { rm, rmdir } from "node:fs/promises";
import { dirname } from "node:path";
import { writeLine } from "../../session-store/write-line.js";
import { errorCode } from "../../store/error-code.js";
import { flushFile, flushFolder } from "../../store/flush.js";
import { type ExportedLine, logLines } from "../export/log-lines.js";
import { makeOwnFolder } from "../export/own-folder.js";
import type { ClientContext } from "../with-client.js";
import { readCopyId } from "./copy-id.js";
import { segmentFilesIn, segmentPaths, segmentsInFolder, sessionFolder, sessionFoldersIn, sessionsInFolder } from "./folder-contents.js";
import { KnownSegments } from "./known-segments.js";
import { writeBehind, writeOverSame } from "./log-file.js";
import type { AppendedRuns, EntryRun, MirrorCopy, Removal, SegmentPlace, SyncedSegment } from "./mirror-copy.js";
import type { MirrorScope } from "./mirror-scope.js";
import { notInSource } from "./not-in-source.js";
import { isOwnFolder, openOwnFile } from "./own-file.js";
import { ReadMark } from "./read-mark.js";
import { ReplacedError } from "./replaced-error.js";
import { fromSource } from "./source-changed-error.js";
import { unlessStalled } from "./stall-watch.js";

/** What a mirror into a folder needs. */
export interface FolderCopyParts {
  readonly source: ClientContext;
  /** Absolute, and no symbolic link. */
  readonly folder: string;
  /** See copyIdOf. */
  readonly id: string;
  readonly scope: MirrorScope;
}

/** A copy as files in the JSONL layout, line by line what an export would write. */
export class FolderCopy implements MirrorCopy {
  readonly hasBases = false;
  readonly storeId = undefined;
  readonly id: string;
  readonly name: string;
  readonly #source: ClientContext;
  readonly #folder: string;
  readonly #scope: MirrorScope;
  /** Bytes of the logs that this process has written to, by path: where one has another size, somebody else has written. */
  readonly #sizes = new KnownSegments<number>();
  /** What a flush failed with. The system tells of it once, and then knows nothing of what was lost. */
  #failure: unknown;
  /** Written to and not flushed yet. */
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>();

  constructor({ source, folder, id, scope }: FolderCopyParts) {
    this.id = id;
    this.name = `folder ${folder}`;
    this.#source = source;
    this.#folder = folder;
    this.#scope = scope;
  }

  sessions(): AsyncIterable<string> {
    return sessionsInFolder(this.#folder, this.#scope);
  }

  segments(): AsyncIterable<SegmentPlace> {
    return segmentsInFolder(this.#folder, this.#scope);
  }

  segmentsOf(sessionId: string): AsyncIterable<SegmentPlace> {
    return segmentsInFolder(this.#folder, { sessionId });
  }

  async sync(place: SegmentPlace, { mayRemove }: Removal): Promise<SyncedSegment> {
    const read = new ReadLines(this.#source, place.segmentId);
    const beforeCut = () => {
      if (!mayRemove) throw notInSource(this.name, `lines of segment ${place.segmentId}`);
    };
    // Read before anything is made: where the segment has gone meanwhile, nothing is left behind.
    await read.begin();
    const { log } = segmentPaths(this.#folder, place);
    await this.#makeSessionFolder(place.sessionId);
    const file = await openOwnFile(log, "make");
    if (file === undefined) throw new Error("a file that is made where it is not there is not there");
    this.#files.add(log);
    this.#sizes.forget(log);
    try {
      const { addedCount } = await writeOverSame(file, { lines: read.lines(), beforeCut });
      this.#sizes.set(log, (await file.stat()).size);
      const { entryCount, lastPosition, lastTimeMs } = read.mark;
      return { entryCount, lastPosition, lastTimeMs, addedCount, leftOutCount: read.leftOutCount, removed: [] };
    } finally {
      await file.close();
    }
  }

  async append(runs: readonly EntryRun[]): Promise<AppendedRuns> {
    const refused: string[] = [];
    const leftOutCounts = new Map<string, number>();
    for (const { place, entries } of runs) {
      const lines = entries.map(writeLine).filter((line) => line !== undefined);
      if (!(await this.#writeBehind(place, lines))) {
        refused.push(place.segmentId);
        continue;
      }
      const leftOutCount = entries.length - lines.length;
      if (leftOutCount > 0) leftOutCounts.set(place.segmentId, leftOutCount + (leftOutCounts.get(place.segmentId) ?? 0));
    }
    return { refused, leftOutCounts };
  }

  /** Which line an entry is, only its whole log can tell: some entries have no line, and an opening has one. */
  async cut(): Promise<undefined> {
    return undefined;
  }

  async deleteSegment(segmentId: string): Promise<readonly string[]> {
    for await (const sessionId of sessionFoldersIn(this.#folder, this.#scope)) await this.#deleteFiles({ sessionId, segmentId });
    return [];
  }

  async deleteSession(sessionId: string): Promise<void> {
    for await (const place of segmentFilesIn(this.#folder, { sessionId })) await this.#deleteFiles(place);
    await this.#removeEmpty(sessionFolder(this.#folder, sessionId));
  }

  async flush(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      for (const path of this.#files) if (await isOwnFolder(dirname(path))) await flushFile(path).catch(unlessGone);
      for (const path of this.#folders) if (await isOwnFolder(path)) await flushFolder(path).catch(unlessGone);
    } catch (error) {
      this.#failure = error;
      throw error;
    }
    this.#files.clear();
    this.#folders.clear();
  }

  async assertStillThere(): Promise<void> {
    const id = await readCopyId(this.#folder);
    if (id !== this.id) throw new ReplacedError(`${this.name} is not the one any more that this mirror began with`);
  }

  /** Writes behind what this process has written; false where the log has gone, or is not as it was left. */
  async #writeBehind(place: SegmentPlace, lines: readonly string[]): Promise<boolean> {
    const { log } = segmentPaths(this.#folder, place);
    if (!(await isOwnFolder(dirname(log)))) return false;
    const file = await openOwnFile(log, "only if there");
    if (file === undefined) return false;
    try {
      const { size } = await file.stat();
      if (this.#sizes.get(log) !== size) return false;
      this.#files.add(log);
      this.#sizes.forget(log);
      this.#sizes.set(log, size + (await writeBehind(file, { lines, size })));
      return true;
    } finally {
      await file.close();
    }
  }

  /** The log and, where an export left one, the trace. */
  async #deleteFiles(place: SegmentPlace): Promise<void> {
    const { log, trace } = segmentPaths(this.#folder, place);
    const folder = dirname(log);
    if (!(await isOwnFolder(folder))) return;
    // A kill in between leaves the trace alone.
    const removed = [await removeFile(log), await removeFile(trace)];
    this.#files.delete(log);
    this.#sizes.forget(log);
    if (removed.includes(true)) await this.#removeEmpty(folder);
  }

  async #makeSessionFolder(sessionId: string): Promise<void> {
    const folder = sessionFolder(this.#folder, sessionId);
    await makeOwnFolder(folder);
    this.#folders.add(folder).add(this.#folder);
  }

  /** A session without segments leaves no folder; one with files of somebody else stays. */
  async #removeEmpty(folder: string): Promise<void> {
    try {
      await rmdir(folder);
      this.#folders.delete(folder);
      this.#folders.add(this.#folder);
    } catch (error) {
      const code = errorCode(error);
      if (code === "ENOTEMPTY" || code === "EEXIST") this.#folders.add(folder);
      else if (code !== "ENOENT") throw error;
    }
  }
}

/** Whether there was a file. */
async function removeFile(path: string): Promise<boolean> {
  try {
    await rm(path);
    return true;
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
    return false;
  }
}

/** What somebody else has taken from the copy is made again when it is touched. */
function unlessGone(error: unknown): void {
  if (errorCode(error) !== "ENOENT") throw error;
}

/** The log of a segment, from the source into a file. */
class ReadLines {
  readonly mark = new ReadMark();
  readonly #lines: AsyncGenerator<ExportedLine, void, undefined>;
  #first: IteratorResult<ExportedLine, void> | undefined;
  leftOutCount = 0;

  constructor(source: ClientContext, segmentId: string) {
    this.#lines = fromSource(
      unlessStalled(source.signal, "the source", (signal) => logLines({ client: source.client, signal }, { segmentId })),
    );
  }

  async begin(): Promise<void> {
    this.#first = await this.#lines.next();
  }

  async *lines(): AsyncGenerator<string, void, undefined> {
    try {
      for (let next = this.#first; next?.done === false; next = await this.#lines.next()) {
        const { line, entries } = next.value;
        this.mark.pass(entries);
        if (line === undefined) this.leftOutCount += entries.length;
        else yield line;
      }
    } finally {
      await this.#lines.return();
    }
  }
}
