import { TailEdge, type TailResponse } from "../../../gen/seglog/v1/segment_service_pb.js";
import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";
import { note } from "../output.js";
import type { ClientContext } from "../with-client.js";
import { compareAll } from "./compare-all.js";
import { Mirror } from "./mirror.js";
import type { MirrorReport } from "./mirror-report.js";
import { tailScope } from "./mirror-scope.js";
import { type MirrorState, writeMirrorState } from "./mirror-state.js";
import type { OpenedMirror } from "./open-mirror.js";
import { assertSameStore } from "./replaced-error.js";
import { damageAtSource } from "./source-changed-error.js";
import { STATUS_WITHIN_MS, unlessStalled } from "./stall-watch.js";

/** How often it is kept how far a copy has come, in milliseconds. Heartbeats come as often, so that the last of it is kept too. */
const KEEP_EVERY_MS = 1000;

const HEARTBEAT = { seconds: BigInt(KEEP_EVERY_MS / 1000) };

/** What following a source needs. */
export interface FollowParts {
  readonly source: ClientContext;
  readonly opened: OpenedMirror;
  readonly report: MirrorReport;
  readonly isOnce: boolean;
}

/**
 * Follows a source into a copy, and keeps how far it has come:
 *
 * 1. Where no token is kept: take one at the end of the feed, and only then compare everything. What happens meanwhile comes
 *    again behind that token.
 * 2. Go on behind the token. Each message is done before the next is asked for.
 * 3. About once a second: make the copy durable, then write the token of the last message that was done.
 */
export class SourceFollower {
  readonly mirror: Mirror;
  readonly #source: ClientContext;
  readonly #opened: OpenedMirror;
  readonly #report: MirrorReport;
  readonly #isOnce: boolean;
  #state: MirrorState;
  #isCompared: boolean;
  #isKept = true;
  /** Whether a token could not be written: what else was lost then, nobody knows. */
  #hasFailed = false;
  #keptMs = performance.now();

  constructor({ source, opened, report, isOnce }: FollowParts) {
    this.mirror = new Mirror(source, opened.copy);
    this.#source = source;
    this.#opened = opened;
    this.#report = report;
    this.#isOnce = isOnce;
    this.#state = opened.state;
    this.#isCompared = opened.state.resumeToken !== null;
  }

  /** Position up to which the copy has everything. */
  get position(): bigint {
    return BigInt(this.#state.position);
  }

  /**
   * Goes on from where it is until it has caught up, where that is all that is wanted, or the scope is gone. May be called
   * again after it failed.
   *
   * @throws ReplacedError where the source or the copy is another store now than it was
   */
  async follow(cameFurther: () => void): Promise<void> {
    await this.#assertStillThere();
    if (!this.#isCompared) await this.#compare(cameFurther);
    for await (const message of this.#tail({ case: "resumeToken", value: this.#state.resumeToken ?? "" })) {
      await this.mirror.take(message);
      cameFurther();
      this.#pass(message);
      const isCaughtUp = message.event.case === "caughtUp";
      if (isCaughtUp || this.#isDue()) await this.keep();
      else await this.#report.passed(this.position, this.mirror.counts);
      if (message.event.case === "heartbeat") await this.#opened.copy.assertStillThere();
      if (isCaughtUp) this.#report.caughtUp(this.position);
      if (isCaughtUp && this.#isOnce) return;
      if (message.event.case === "sessionDeleted" && this.#opened.scope !== "store") return this.#endWithScope();
    }
    throw new CommandError(EXIT.unavailable, "the source ended the tail");
  }

  /** Makes the copy durable, then writes how far it has come. */
  async keep(): Promise<void> {
    await this.#flush();
    if (!this.#isCompared) return;
    if (!this.#isKept) await this.#write(this.#state);
    this.#isKept = true;
    this.#keptMs = performance.now();
    await this.#report.kept(this.position, this.mirror.counts);
  }

  /** `keep` for a mirror that ends, however it does: nothing is told, and what fails is left to the next one to compare. */
  async keepLast(): Promise<void> {
    if (!this.#isCompared || this.#isKept || this.#hasFailed) return;
    try {
      await this.#flush();
      await this.#write(this.#state);
    } catch (error) {
      note(`how far the copy is could not be kept: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Makes the copy durable, and sees that it is still the one that was written to. */
  async #flush(): Promise<void> {
    await this.#opened.copy.flush();
    await this.#opened.copy.assertStillThere();
  }

  async #write(state: MirrorState): Promise<void> {
    try {
      await writeMirrorState(this.#opened.statePath, state);
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }

  async #assertStillThere(): Promise<void> {
    const { client, signal } = this.#source;
    const { storeId } = await client.getStatus({}, { signal, deadlineMs: STATUS_WITHIN_MS });
    assertSameStore("the source", { was: this.#state.sourceStoreId, now: storeId });
    await this.#opened.copy.assertStillThere();
  }

  async #compare(cameFurther: () => void): Promise<void> {
    const { source, copy, scope } = { source: this.#source, ...this.#opened };
    // Kept from one try to the next: what was compared in an earlier one may have changed since.
    if (this.#state.resumeToken === null) this.#pass(await this.#firstAtEnd());
    const { mayRemove } = this.#state;
    await compareAll({
      source,
      copy,
      scope,
      mayRemove,
      mirror: this.mirror,
      claim: () => this.#write({ ...this.#state, resumeToken: null, position: "0" }),
      onCompared: (doneCount, totalCount) => {
        cameFurther();
        this.#report.comparing(doneCount, totalCount);
      },
    });
    this.#state = { ...this.#state, mayRemove: true };
    this.#isCompared = true;
    await this.keep();
  }

  async #firstAtEnd(): Promise<TailResponse> {
    for await (const message of this.#tail({ case: "edge", value: TailEdge.END })) return message;
    throw new CommandError(EXIT.unavailable, "the source ended the tail");
  }

  async *#tail(start: NonNullable<Parameters<ClientContext["client"]["tail"]>[0]["start"]>): AsyncGenerator<TailResponse, void, undefined> {
    const request = { scope: tailScope(this.#opened.scope), start, heartbeatInterval: HEARTBEAT };
    const { client, signal } = this.#source;
    try {
      yield* unlessStalled(signal, "the source", (watched) => client.tail(request, { signal: watched }));
    } catch (error) {
      throw damageAtSource(error);
    }
  }

  #pass({ resumeToken, position }: TailResponse): void {
    if (this.#state.resumeToken === resumeToken) return;
    this.#state = { ...this.#state, resumeToken, position: String(position) };
    this.#isKept = false;
  }

  #isDue(): boolean {
    return !this.#isKept && performance.now() - this.#keptMs >= KEEP_EVERY_MS;
  }

  async #endWithScope(): Promise<void> {
    await this.keep();
    this.#report.clear();
    note("the session was deleted at the source, and now in the copy");
  }
}
