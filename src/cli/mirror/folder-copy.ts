import { rm, rmdir } from "node:fs/promises";
import { writeLine } from "../../session-store/write-line.js";
import { errorCode } from "../../store/error-code.js";
import { flushFile, flushFolder } from "../../store/flush.js";
import { type ExportedLine, logLines } from "../export/log-lines.js";
import { makeOwnFolder } from "../export/own-folder.js";
import type { ClientContext } from "../with-client.js";
import { segmentPaths, segmentsInFolder, sessionFolder, sessionsInFolder } from "./folder-contents.js";
import { writeBehind, writeOverSame } from "./log-file.js";
import type { AppendedRuns, EntryRun, MirrorCopy, Removal, SegmentPlace, SyncedSegment } from "./mirror-copy.js";
import type { MirrorScope } from "./mirror-scope.js";
import { notInSource } from "./not-in-source.js";
import { openOwnFile } from "./own-file.js";
import { ReadMark } from "./read-mark.js";
import { fromSource } from "./source-changed-error.js";

/** What a mirror into a folder needs. */
export interface FolderCopyParts {
  readonly source: ClientContext;
  /** Absolute, and no symbolic link. */
  readonly folder: string;
  readonly scope: MirrorScope;
}

/** A copy as files in the JSONL layout, line by line what an export would write. */
export class FolderCopy implements MirrorCopy {
  readonly hasBases = false;
  readonly storeId = undefined;
  readonly name: string;
  readonly #source: ClientContext;
  readonly #folder: string;
  readonly #scope: MirrorScope;
  /** Written to and not flushed yet. */
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>();

  constructor({ source, folder, scope }: FolderCopyParts) {
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
    try {
      const { addedCount } = await writeOverSame(file, { lines: read.lines(), beforeCut });
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
      const { log } = segmentPaths(this.#folder, place);
      const file = await openOwnFile(log, "only if there");
      if (file === undefined) {
        refused.push(place.segmentId);
        continue;
      }
      this.#files.add(log);
      try {
        await writeBehind(file, lines);
      } finally {
        await file.close();
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
    for await (const sessionId of this.sessions()) await this.#deleteFiles({ sessionId, segmentId });
    return [];
  }

  async deleteSession(sessionId: string): Promise<void> {
    for await (const place of this.segmentsOf(sessionId)) await this.#deleteFiles(place);
    await this.#removeEmpty(sessionFolder(this.#folder, sessionId));
  }

  async flush(): Promise<void> {
    for (const path of this.#files) await flushFile(path).catch(unlessGone);
    this.#files.clear();
    for (const path of this.#folders) await flushFolder(path).catch(unlessGone);
    this.#folders.clear();
  }

  close(): void {}

  /** The log and, where an export left one, the trace. */
  async #deleteFiles(place: SegmentPlace): Promise<void> {
    const { log, trace } = segmentPaths(this.#folder, place);
    const isThere = await rm(log).then(
      () => true,
      (error: unknown) => {
        if (errorCode(error) !== "ENOENT") throw error;
        return false;
      },
    );
    if (!isThere) return;
    this.#files.delete(log);
    await rm(trace, { force: true });
    await this.#removeEmpty(sessionFolder(this.#folder, place.sessionId));
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
    this.#lines = fromSource(logLines(source, { segmentId }));
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
