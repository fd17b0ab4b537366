import type { Role } from "../model/caller.js";
import type { TokenId } from "../model/id.js";

/** A token as it is kept: what it allows, and what proves it. */
export interface TokenRecord {
  readonly tokenId: TokenId;
  /** SHA-256 of the token's text, 32 bytes. The text itself is kept nowhere. */
  readonly digest: Uint8Array;
  readonly role: Role;
  readonly namespace: string;
  /** For people. */
  readonly name: string;
  /** In milliseconds since the epoch. */
  readonly createMs: number;
  /** When it ends to be accepted, in milliseconds since the epoch; never where unset. */
  readonly expireMs: number | undefined;
}

/** Keeps tokens. What is answered is durable, as with everything else that a store keeps. */
export interface TokenStore {
  /** All that can be read, by id, and how many records fail their checksum: those are accepted from nobody. */
  listTokens(): Promise<{ readonly tokens: readonly TokenRecord[]; readonly damagedCount: number }>;

  /**
   * Adds one, and forgets others.
   *
   * @throws SeglogError TOO_MANY_IN_FLIGHT, STORE_FULL, DRAINING
   */
  addToken(token: TokenRecord, forgotten: readonly TokenId[]): Promise<void>;

  /**
   * Removes one, whether it is there or not.
   *
   * @throws SeglogError DRAINING
   */
  removeToken(tokenId: TokenId): Promise<void>;
}
