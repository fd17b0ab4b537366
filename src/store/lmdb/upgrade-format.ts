import { DEFAULT_NAMESPACE } from "../../model/caller.js";
import { segmentIdAt, sessionIdAt } from "../../model/id.js";
import type { Engine, Reader, Writer } from "./engine.js";
import { key, keyAfter, TABLE } from "./tables/keys.js";
import { addSegmentToNamespace, addSessionToNamespace } from "./tables/namespaces.js";
import { FORMAT_VERSION, type StoreMeta, writeStoreMeta } from "./tables/store-meta.js";

/** Most rows that one commit writes. */
const STEP_ROWS = 10_000;

/**
 * Brings a store of an older format up to date. Format 1 had no namespaces: all that is in it is in the default one, which
 * values need not say; what is missing are the rows by which the lists of a namespace go. A crash on the way harms nothing,
 * for the version is written last; nor does a damaged value, for none is looked into.
 */
export async function upgradeFormat(engine: Engine, meta: StoreMeta): Promise<StoreMeta> {
  if (meta.formatVersion === FORMAT_VERSION) return meta;
  await eachRow(engine, TABLE.sessions, (writer, sessionKey) => {
    addSessionToNamespace(writer, DEFAULT_NAMESPACE, sessionIdAt(sessionKey, 1));
  });
  await eachRow(engine, TABLE.segmentHeads, (writer, headKey) => {
    addSegmentToNamespace(writer, DEFAULT_NAMESPACE, segmentIdAt(headKey, 1));
  });
  const upgraded = { ...meta, formatVersion: FORMAT_VERSION };
  await engine.commit((writer) => writeStoreMeta(writer, upgraded));
  return upgraded;
}

async function eachRow(engine: Engine, table: number, write: (writer: Writer, rowKey: Buffer) => void): Promise<void> {
  for (let after: Buffer | undefined; ; ) {
    const keys = nextKeys(engine.read(), table, after);
    if (keys.length === 0) return;
    await engine.commit((writer) => {
      for (const rowKey of keys) write(writer, rowKey);
    });
    after = keys.at(-1);
  }
}

function nextKeys(reader: Reader, table: number, after: Buffer | undefined): readonly Buffer[] {
  const prefix = key(table);
  const keys: Buffer[] = [];
  for (const found of reader.range({ start: after === undefined ? prefix : keyAfter(after), end: keyAfter(prefix) })) {
    keys.push(Buffer.from(found.key));
    if (keys.length === STEP_ROWS) break;
  }
  return keys;
}
