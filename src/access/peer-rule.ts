import { SeglogError } from "../model/errors.js";
import type { Gate, Grant } from "./gate.js";
import type { PeerCredentials } from "./peer-credentials.js";

/** Which users may be at the other end of a socket: who is one of these or in one of these groups. Anybody where both are empty. */
export interface PeerRule {
  readonly uids: readonly number[];
  readonly gids: readonly number[];
}

/** Whether a rule asks who is at the other end. */
export function asksForPeer({ uids, gids }: PeerRule): boolean {
  return uids.length + gids.length > 0;
}

/** The gate of a connection from a peer; `gate` is for those whom the rule lets in. Who it is not known of is not let in. */
export function peerGate(rule: PeerRule, { peer, gate }: { readonly peer: PeerCredentials | undefined; readonly gate: Gate }): Gate {
  return peer !== undefined && isLetIn(rule, peer) ? gate : new ClosedGate(peer);
}

function isLetIn({ uids, gids }: PeerRule, peer: PeerCredentials): boolean {
  return uids.includes(peer.uid) || peer.gids.some((gid) => gids.includes(gid));
}

/** Lets nobody through, not even to ask for health, and says so. */
class ClosedGate implements Gate {
  readonly #peer: PeerCredentials | undefined;

  constructor(peer: PeerCredentials | undefined) {
    this.#peer = peer;
  }

  checkPeer(): void {
    const who = this.#peer === undefined ? "whoever this is" : `user ${this.#peer.uid}`;
    const facts = this.#peer === undefined ? {} : { peer_uid: String(this.#peer.uid) };
    throw new SeglogError("ROLE", `${who} is not let in by this socket; its uids and gids name others`, { metadata: facts });
  }

  grant(): Grant {
    this.checkPeer();
    throw new Error("a closed gate let somebody through");
  }
}
