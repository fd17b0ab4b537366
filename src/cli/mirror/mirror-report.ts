import { jsonLine } from "../json-line.js";
import { note, print } from "../output.js";
import { ProgressLine } from "../progress-line.js";
import { tableLines } from "../table.js";
import type { ClientContext } from "../with-client.js";
import { type Lag, lagText } from "./lag-text.js";
import type { MirrorCounts } from "./mirror-counts.js";

/** How often a terminal is shown how far a mirror is, in milliseconds. */
const SHOW_EVERY_MS = 1000;

/** Tells how far a mirror has come: a line on a terminal, or objects on standard output. */
export class MirrorReport {
  readonly #source: ClientContext;
  readonly #isJson: boolean;
  readonly #line = new ProgressLine();
  #shownMs = 0;
  #hasCaughtUp = false;

  constructor(source: ClientContext, isJson: boolean) {
    this.#source = source;
    this.#isJson = isJson;
  }

  /** While everything is compared. */
  comparing(doneCount: number, totalCount: number): void {
    if (this.#isDue()) this.#line.show(`comparing  segment ${doneCount} of ${totalCount}`);
  }

  /** The copy has everything up to a position, durably. */
  async kept(position: bigint, counts: MirrorCounts): Promise<void> {
    if (this.#isJson) await print(jsonLine(lagObject(await this.#lag(position, counts), counts)));
    await this.passed(position, counts);
  }

  /** Everything up to a position is in the copy, or about to be durable there. */
  async passed(position: bigint, counts: MirrorCounts): Promise<void> {
    if (this.#line.isShown && this.#isDue()) this.#line.show(lagText(await this.#lag(position, counts), counts.entries));
  }

  /** For the first time, everything that was there when it began is in the copy. */
  caughtUp(position: bigint): void {
    if (this.#hasCaughtUp || this.#isJson) return;
    this.#hasCaughtUp = true;
    this.#line.clear();
    note(`caught up at position ${position}`);
  }

  /** What a mirror that ends came to. */
  async end(position: bigint, counts: MirrorCounts): Promise<void> {
    this.#line.clear();
    if (this.#isJson) return;
    const rows = [
      ["position", String(position)],
      ["entries added", String(counts.entries)],
      ["segments compared", String(counts.compared)],
      ["entries left out", String(counts.leftOutCount)],
    ];
    for (const line of tableLines([{ heading: "" }, { heading: "", isNumber: true }], rows)) await print(line);
  }

  clear(): void {
    this.#line.clear();
  }

  #isDue(): boolean {
    const nowMs = performance.now();
    if (nowMs - this.#shownMs < SHOW_EVERY_MS) return false;
    this.#shownMs = nowMs;
    return true;
  }

  async #lag(position: bigint, { lastTimeMs }: MirrorCounts): Promise<Lag> {
    const { client, signal } = this.#source;
    const { headPosition } = await client.getStatus({}, { signal });
    const isBehind = headPosition > position;
    const lagSeconds = isBehind && lastTimeMs > 0 ? Math.max(0, (Date.now() - lastTimeMs) / 1000) : 0;
    return { position, headPosition: isBehind ? headPosition : position, lagSeconds };
  }
}

function lagObject({ position, headPosition, lagSeconds }: Lag, counts: MirrorCounts): object {
  return {
    position: String(position),
    headPosition: String(headPosition),
    lagPositions: String(headPosition - position),
    lagSeconds: Number(lagSeconds.toFixed(3)),
    entries: String(counts.entries),
    compared: String(counts.compared),
    leftOut: String(counts.leftOutCount),
  };
}
