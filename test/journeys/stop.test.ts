import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { TailEdge } from "../../gen/seglog/v1/segment_service_pb.js";
import { SegmentClientError } from "../../src/client/client-error.js";
import type { SegmentClient } from "../../src/client/segment-client.js";
import { STOP_MS_MAX } from "../../src/model/limits.js";
import { aSegment, entriesOf } from "../support/a-segment.js";
import { compiledSources } from "../support/compiled-sources.js";
import { deferred } from "../support/deferred.js";
import { userInput } from "../support/entries.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { startTestProcess, testClient } from "./daemon/test-process.js";
import { placed } from "./load/observer.js";

const compiled = compiledSources();

const WRITERS = 6;
const APPENDS_AT_ONCE = 8;
const ACKNOWLEDGED_BEFORE = 300;

test.each(["SIGTERM", "SIGINT"] as const)("%s under load answers what is in flight, ends tails with DRAINING, and ends with 0", async (signal) => {
  const folder = temporaryFolder();
  const { daemon, socket, client } = await startTestProcess(compiled("cli/main.ts"), folder);
  const { segmentId, sessionId } = await aSegment(client);
  const tails = [
    tailEnd(testClient(socket), { case: "store", value: {} }),
    tailEnd(testClient(socket), { case: "sessionId", value: sessionId }),
    tailEnd(testClient(socket), { case: "segmentId", value: segmentId }),
  ];
  const load = new Load(segmentId);
  for (let writer = 0; writer < WRITERS; writer++) load.add(testClient(socket), writer);
  await load.underWay;

  const startMs = performance.now();
  load.signalled = true;
  const end = await daemon.end(signal);
  const stopMs = performance.now() - startMs;

  expect(end, daemon.log).toBe(0);
  expect(stopMs).toBeLessThan(STOP_MS_MAX);
  expect(existsSync(socket)).toBe(false);
  for (const tail of tails) expect(await tail).toMatchObject({ codeName: "UNAVAILABLE", reason: "DRAINING" });
  const outcomes = await load.outcomes();
  console.log(stopMs, Object.fromEntries(Map.groupBy?.(outcomes, (o) => `${o.reason} ${o.inFlight}`) ?? []), outcomes.reduce((m, o) => { const k = `${o.reason} ${o.inFlight}`; m[k] = (m[k] ?? 0) + 1; return m; }, {} as Record<string, number>));
  const again = await startTestProcess(compiled("cli/main.ts"), folder);
  const stored = (await entriesOf(again.client, segmentId)).map((entry) => placed(segmentId, entry).text).slice(1);
  expect(stored.toSorted()).toEqual(outcomes.filter(({ reason }) => reason === "OK").map(({ text }) => text).toSorted());
});

interface Outcome { text: string; reason: string; inFlight: boolean }

class Load {
  signalled = false;
  readonly #segmentId: string;
  readonly #writers: Promise<void>[] = [];
  readonly #outcomes: Outcome[] = [];
  readonly #underWay = deferred<void>();
  constructor(segmentId: string) { this.#segmentId = segmentId; }
  get underWay() { return this.#underWay.promise; }
  add(client: SegmentClient, writer: number) {
    for (let i = 0; i < APPENDS_AT_ONCE; i++) this.#writers.push(this.#write(client, `${writer}:${i}`));
  }
  async outcomes() { await Promise.all(this.#writers); return this.#outcomes; }
  async #write(client: SegmentClient, name: string) {
    for (let counter = 0; ; counter++) {
      const text = `${name}:${counter}`;
      const inFlight = !this.signalled;
      const reason = await client.append({ segmentId: this.#segmentId, entries: [userInput(text)] }).then(() => "OK", (error) => error.reason ?? error.message);
      this.#outcomes.push({ text, reason, inFlight });
      if (this.#outcomes.length > ACKNOWLEDGED_BEFORE) this.#underWay.resolve();
      if (reason !== "OK") return;
    }
  }
}

async function tailEnd(client: SegmentClient, scope: { case: "store"; value: object } | { case: "sessionId" | "segmentId"; value: string }): Promise<unknown> {
  try {
    for await (const _ of client.tail({ scope, start: { case: "edge", value: TailEdge.BEGINNING } }));
    return "a clean end";
  } catch (error) {
    return error;
  }
}
