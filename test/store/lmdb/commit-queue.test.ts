import { tmpdir } from "node:os";
import { expect, onTestFinished, test } from "vitest";
import { pastHead } from "../../../src/model/errors.js";
import { DEFAULT_LIMITS } from "../../../src/model/limits.js";
import { CommitQueue } from "../../../src/store/lmdb/commit-queue.js";
import { Engine, type Writer } from "../../../src/store/lmdb/engine.js";
import { SpaceGuard } from "../../../src/store/lmdb/space-guard.js";
import { key as key64, TABLE } from "../../../src/store/lmdb/tables/keys.js";
import type { SegmentHead } from "../../../src/store/lmdb/tables/segment-heads.js";
import type { Transaction } from "../../../src/store/lmdb/transaction.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { said, segment, session } from "../contract/sample-entries.js";

const SMALL = { bytes: 10, grows: true };
const key = (text: string) => Buffer.from(text);
const put = (text: string) => (tx: Transaction) => {
  tx.put(key(text), key(`value of ${text}`));
  return text;
};

const entry = said("hi");

/** The head of a segment that has nothing yet. */
function emptyHead(n: number): SegmentHead {
  const numbers = {
    entryCount: 0,
    openingCount: 0,
    headPosition: 0,
    turnCount: 0n,
    byteSize: 0,
    createMs: 0,
    updateMs: 0,
    depth: 0,
    traceByteSize: 0,
  };
  const origins = { forkedFrom: undefined, compactedFrom: undefined, base: undefined };
  return { segmentId: segment(n), sessionId: session(1), namespace: "default", lastRunInterrupted: false, ...numbers, ...origins };
}

function anEngine(): Engine {
  const engine = new Engine(temporaryFolder(), 2 ** 30);
  engine.openFeed();
  onTestFinished(() => engine.close());
  return engine;
}

function aQueue(limits = DEFAULT_LIMITS, engine = anEngine()) {
  const space = new SpaceGuard(engine, tmpdir());
  return { engine, queue: new CommitQueue({ engine, limits, space, nowMs: Date.now, headPosition: 0, purgeStepKeys: 10 }) };
}

test("a write that is refused before its first put leaves no trace, and harms none that shares its commit", async () => {
  const { engine, queue } = aQueue();
  const refusal = pastHead("not there", {});

  const outcomes = await Promise.allSettled([
    queue.run(SMALL, put("before")),
    queue.run(SMALL, (tx) => {
      if (tx.get(key("before")) !== undefined) throw refusal;
      return "never";
    }),
    queue.run(SMALL, put("after")),
  ]);

  expect(outcomes).toEqual([
    { status: "fulfilled", value: "before" },
    { status: "rejected", reason: refusal },
    { status: "fulfilled", value: "after" },
  ]);
  expect(engine.read().get(key("before"))?.toString()).toBe("value of before");
  expect(engine.read().get(key("after"))?.toString()).toBe("value of after");
});

test("a write that breaks off behind a put fails the store: nothing of its commit is kept or answered, nor anything later", async () => {
  const { engine, queue } = aQueue();
  const cause = new Error("a mistake");
  let answered = 0;
  const settle = () => answered++;

  void queue.run(SMALL, put("before")).then(settle, settle);
  void queue
    .run(SMALL, (tx) => {
      put("broken off")(tx);
      throw cause;
    })
    .then(settle, settle);
  void queue.run(SMALL, put("after")).then(settle, settle);
  const failure = await queue.failure;

  expect(failure.cause).toBe(cause);
  await expect(queue.run(SMALL, put("later"))).rejects.toBe(failure);
  await expect(queue.runOwn(put("own"))).rejects.toBe(failure);
  await queue.close();
  expect(answered).toBe(0);
  for (const text of ["before", "broken off", "after", "later"]) expect(engine.read().get(key(text))).toBeUndefined();
});

test.each<[string, (tx: Transaction) => unknown]>([
  ["looks at heads", (tx) => tx.get(Buffer.of(TABLE.segmentHeads, 1))],
  ["takes the position of an event", (tx) => tx.takeEventPosition()],
  ["appends to another segment", (tx) => tx.extend(emptyHead(2), [entry])],
])("entries that cannot be put fail the store, also where it is another write that meets with it: one that %s", async (_, meet) => {
  const { engine, queue } = aQueue();
  await engine.commit((writer) => writer.append(key64(TABLE.feed, 100), key("out of the way")));
  let answered = 0;
  const settle = () => answered++;

  void queue.run(SMALL, (tx) => tx.extend(emptyHead(1), [entry])).then(settle, settle);
  void queue.run(SMALL, meet).then(settle, settle);
  const failure = await queue.failure;

  expect(failure.cause).toMatchObject({ message: "LMDB did not take a put" });
  await expect(queue.run(SMALL, put("later"))).rejects.toBe(failure);
  expect(answered).toBe(0);
});

test("writes run in the order of their calls, and each sees those before it", async () => {
  const { queue } = aQueue();
  const count = (tx: Transaction) => {
    const seen = Number(tx.get(key("count"))?.toString() ?? 0);
    tx.put(key("count"), key(String(seen + 1)));
    return seen;
  };

  const seen = await Promise.all(Array.from({ length: 5000 / 2 }, () => queue.run(SMALL, count)));

  expect(seen).toEqual(Array.from({ length: 2500 }, (_, i) => i));
});

test("the store's own steps are kept back by no limit", async () => {
  const { queue } = aQueue({ ...DEFAULT_LIMITS, writesInFlightMax: 1 });

  const outcomes = await Promise.allSettled([queue.run(SMALL, put("a")), queue.run(SMALL, put("b")), queue.runOwn(put("c"))]);

  expect(outcomes).toMatchObject([{ value: "a" }, { reason: { reason: "TOO_MANY_IN_FLIGHT" } }, { value: "c" }]);
});

test("a queue that closes answers what waits, and takes nothing more", async () => {
  const { queue } = aQueue();
  const waiting = queue.run(SMALL, put("a"));

  const closed = queue.close();

  await expect(queue.run(SMALL, put("b"))).rejects.toMatchObject({ reason: "DRAINING" });
  await expect(queue.runOwn(put("c"))).rejects.toMatchObject({ reason: "DRAINING" });
  expect(await waiting).toBe("a");
  await closed;
});

test("a commit that hangs fails the store: what waits is not answered, nor anything later", async () => {
  const engine = new HangingEngine(temporaryFolder(), 2 ** 30);
  engine.openFeed();
  onTestFinished(() => engine.close());
  const { queue } = aQueue({ ...DEFAULT_LIMITS, hungCommitMs: 20 }, engine);
  let answered = 0;
  const settle = () => answered++;

  void queue.run(SMALL, put("hangs")).then(settle, settle);
  const failure = await queue.failure;

  expect(failure.cause).toMatchObject({ message: "a commit took longer than 20 ms" });
  await expect(queue.run(SMALL, put("later"))).rejects.toBe(failure);
  expect(answered).toBe(0);
});

/** Its disk takes what it is given, and never says so. */
class HangingEngine extends Engine {
  override async commit(work: (writer: Writer) => void): Promise<void> {
    await super.commit(work);
    return new Promise(() => {});
  }
}
