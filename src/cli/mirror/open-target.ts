import { createSegmentClient } from "../../client/segment-client.js";
import type { ClientTarget } from "../../client/service-client.js";
import { readToldText } from "../client-target.js";
import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";
import type { ClientContext } from "../with-client.js";
import type { MirrorOptions } from "./mirror-options.js";
import { ANSWER_WITHIN_MS, STATUS_WITHIN_MS } from "./stall-watch.js";

/** Where a copy is of. */
export interface CopySource {
  readonly source: ClientContext;
  readonly sourceStoreId: string;
}

/** A daemon that a copy is in. */
export interface CopyTarget extends ClientContext {
  /** As a person would say it. */
  readonly place: string;
  readonly storeId: string;
  close(): void;
}

/**
 * Reaches the daemon that the flags name; undefined where they name a folder.
 *
 * @throws CommandError where it is the source itself
 */
export async function openTarget(
  { to, toTokenFile, toTlsCa }: MirrorOptions,
  { source, sourceStoreId }: CopySource,
): Promise<CopyTarget | undefined> {
  if ("folder" in to) return undefined;
  const settings = {
    ...(toTokenFile !== undefined && { token: readToldText(toTokenFile).trim() }),
    ...(toTlsCa !== undefined && { tls: { ca: readToldText(toTlsCa) } }),
    channel: { "grpc.max_receive_message_length": -1 },
    retryForMs: 0, // the mirror itself waits for a daemon that is away
    deadlineMs: ANSWER_WITHIN_MS,
  };
  const client = createSegmentClient(to.daemon, settings);
  const { signal } = source;
  const place = placeText(to.daemon);
  try {
    const { storeId } = await client.getStatus({}, { signal, deadlineMs: STATUS_WITHIN_MS });
    if (storeId === sourceStoreId) throw new CommandError(EXIT.usage, `${place} is the source itself; wanted the daemon of another store`);
    return { client, signal, place, storeId, close: () => client.close() };
  } catch (error) {
    client.close();
    throw error;
  }
}

function placeText(daemon: ClientTarget): string {
  return "socket" in daemon ? daemon.socket : daemon.address;
}
