import { segmentIdAt, sessionIdAt } from "../../model/id.js";
import type { NamespaceLedger } from "../namespace-ledger.js";
import { type Reader, under } from "./engine.js";
import { key, TABLE } from "./tables/keys.js";
import { isGone, readPurges } from "./tables/purges.js";
import { decodeHead } from "./tables/segment-heads.js";
import { readSession } from "./tables/sessions.js";
import { BrokenSealError } from "./values/sealed.js";

/**
 * Notes in a ledger what each namespace takes up: once, as a store is opened, and only where a quota asks for it. What is
 * being removed has been given back already; what is damaged counts for nothing.
 */
export function countNamespaces(reader: Reader, ledger: NamespaceLedger): void {
  if (!ledger.isCounting) return;
  for (const found of reader.range(under(key(TABLE.sessions)))) {
    const session = unlessDamaged(() => readSession(reader, sessionIdAt(found.key, 1)));
    if (session !== undefined) ledger.note(session.namespace, { sessions: 1 });
  }
  const purges = readPurges(reader);
  for (const found of reader.range(under(key(TABLE.segmentHeads)))) {
    const head = unlessDamaged(() => decodeHead(segmentIdAt(found.key, 1), found.key, found.value));
    if (head !== undefined && !isGone(purges, head)) ledger.note(head.namespace, { bytes: head.byteSize + head.traceByteSize });
  }
}

function unlessDamaged<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof BrokenSealError) return undefined;
    throw error;
  }
}
