import { resolve } from "node:path";
import type { ClientTarget } from "../../client/service-client.js";
import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";

/** Where a copy is to be: a folder, or another daemon. */
export type MirrorPlace = { readonly folder: string } | { readonly daemon: ClientTarget };

const ADDRESS = /^(?:\[[^\]/]+\]|[^:/[\]]+):\d{1,5}$/;

/**
 * What `--to` says: `unix:PATH` and `host:port` are a daemon, everything else a folder.
 *
 * @throws CommandError where it is none of these
 */
export function mirrorPlace(text: string, cwd: string): MirrorPlace {
  if (text === "") throw new CommandError(EXIT.usage, "--to is empty; wanted a folder, unix:PATH of a daemon's socket, or its host:port");
  if (text.startsWith("unix:")) {
    // unix:///x is unix:/x; a path that is relative has no slashes in front.
    const path = text.slice("unix:".length).replace(/^\/\/(?=\/)/, "");
    if (path === "") throw new CommandError(EXIT.usage, `--to ${text} names no socket; wanted unix:PATH`);
    return { daemon: { socket: resolve(cwd, path) } };
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//.test(text)) {
    throw new CommandError(EXIT.usage, `--to ${text} is of a kind that there is not; wanted a folder, unix:PATH or host:port`);
  }
  return ADDRESS.test(text) ? { daemon: { address: text } } : { folder: resolve(cwd, text) };
}
