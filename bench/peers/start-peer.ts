import type { BenchContext } from "../bench-case.js";
import { programPath } from "../load/program-path.js";

/** Why a peer cannot be measured here. */
export class LeftOutError extends Error {
  override readonly name = "LeftOutError";
}

/** The path of a program that a peer consists of. Without it the peer is left out. */
export function requiredProgram(name: string): string {
  const path = programPath(name);
  if (path === undefined) throw new LeftOutError(`no ${name} is installed`);
  return path;
}

/** Starts a peer, or says why it is left out and gives nothing: its absence is no failure of the case. */
export async function startPeer<Peer>(context: BenchContext, name: string, start: () => Promise<Peer>): Promise<Peer | undefined> {
  try {
    return await start();
  } catch (error) {
    context.note(`${name} is left out: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
