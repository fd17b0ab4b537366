import { mkdir, realpath } from "node:fs/promises";
import { createSegmentClient } from "../../client/segment-client.js";
import type { ClientTarget } from "../../client/service-client.js";
import { readToldText } from "../client-target.js";
import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";
import type { ClientContext } from "../with-client.js";
import { DaemonCopy } from "./daemon-copy.js";
import { FolderCopy } from "./folder-copy.js";
import type { MirrorCopy } from "./mirror-copy.js";
import type { MirrorOptions } from "./mirror-options.js";
import type { MirrorScope } from "./mirror-scope.js";

/** Where a copy is of, and what of it. */
export interface CopySource {
  readonly source: ClientContext;
  readonly sourceStoreId: string;
  readonly scope: MirrorScope;
}

/** A copy, and its folder where it is one. */
export interface OpenedCopy {
  readonly copy: MirrorCopy;
  readonly folder: string | undefined;
}

/**
 * Opens the copy that the flags name; a folder is made where it is not there.
 *
 * @throws CommandError where it is the source itself
 */
export async function openCopy(options: MirrorOptions, from: CopySource): Promise<OpenedCopy> {
  const place = options.to;
  if ("folder" in place) {
    await mkdir(place.folder, { recursive: true, mode: 0o700 });
    const folder = await realpath(place.folder);
    return { copy: new FolderCopy({ source: from.source, folder, scope: from.scope }), folder };
  }
  const { toTokenFile, toTlsCa } = options;
  const settings = {
    ...(toTokenFile !== undefined && { token: readToldText(toTokenFile).trim() }),
    ...(toTlsCa !== undefined && { tls: { ca: readToldText(toTlsCa) } }),
    channel: { "grpc.max_receive_message_length": -1 },
    retryForMs: 0, // the mirror itself waits for a daemon that is away
  };
  const client = createSegmentClient(place.daemon, settings);
  const target = {
    client,
    signal: from.source.signal,
    place: placeText(place.daemon),
    close: () => client.close(),
  };
  try {
    const { storeId } = await client.getStatus({}, { signal: target.signal });
    if (storeId === from.sourceStoreId) {
      throw new CommandError(EXIT.usage, `${target.place} is the source itself; wanted the daemon of another store`);
    }
    return { copy: new DaemonCopy({ source: from.source, target, storeId, scope: from.scope }), folder: undefined };
  } catch (error) {
    client.close();
    throw error;
  }
}

function placeText(daemon: ClientTarget): string {
  return "socket" in daemon ? daemon.socket : daemon.address;
}
