import { timingSafeEqual } from "node:crypto";
import type { Role } from "../model/caller.js";
import { SeglogError } from "../model/errors.js";
import type { TokenId } from "../model/id.js";
import { TOKEN_EXPIRED_KEPT_MS, TOKENS_MAX } from "../model/limits.js";
import type { TokenRecord, TokenStore } from "../store/token-store.js";
import { LiveToken } from "./live-token.js";
import { digestOfToken, newTokenText, tokenInHeader } from "./token-text.js";

/** How often times are looked at, at least, in milliseconds: the clock that they are told by may jump. */
const EXPIRY_LOOK_MS = 60_000;

/** What a new token is to be. */
export interface NewToken {
  readonly role: Role;
  readonly namespace: string;
  readonly name: string;
  readonly expireMs: number | undefined;
}

/** What a book works with. */
export interface TokenBookParts {
  readonly store: TokenStore;
  /** A new ULID, above all before it. */
  readonly newId: () => string;
  /** The clock, in milliseconds since the epoch. */
  readonly nowMs: () => number;
}

/** All tokens, in memory, so that who calls is found out without a look at the store. What it answers is durable. */
export class TokenBook {
  readonly #parts: TokenBookParts;
  /** Those that have ended by their time among them, until they are forgotten. */
  readonly #tokens = new Map<TokenId, LiveToken>();
  #expiry: NodeJS.Timeout | undefined;
  #creatingCount = 0;

  private constructor(parts: TokenBookParts, tokens: readonly TokenRecord[]) {
    this.#parts = parts;
    for (const token of tokens) this.#tokens.set(token.tokenId, new LiveToken(token));
    this.#endExpired();
  }

  /** Reads all tokens; `damagedCount` are not to be read, and accepted from nobody. */
  static async open(parts: TokenBookParts): Promise<{ readonly book: TokenBook; readonly damagedCount: number }> {
    const { tokens, damagedCount } = await parts.store.listTokens();
    return { book: new TokenBook(parts, tokens), damagedCount };
  }

  /** All tokens, oldest first. */
  list(): readonly LiveToken[] {
    return [...this.#tokens.values()];
  }

  /**
   * Creates a token. Its text is given here and nowhere else.
   *
   * @throws SeglogError TOO_MANY_TOKENS, and what TokenStore.addToken throws
   */
  async create(wanted: NewToken): Promise<{ readonly token: LiveToken; readonly text: string }> {
    const { store, newId, nowMs } = this.#parts;
    const createMs = nowMs();
    const excess = this.#tokens.size + this.#creatingCount + 1 - TOKENS_MAX;
    const forgotten = excess > 0 ? this.#longExpired(createMs) : [];
    if (forgotten.length < excess) {
      throw new SeglogError("TOO_MANY_TOKENS", `there are ${TOKENS_MAX} tokens, the most there may be; revoke some`, {
        metadata: { tokens_max: String(TOKENS_MAX) },
      });
    }
    const tokenId = newId() as TokenId; // a new ULID is an id of whatever it is given to
    const text = newTokenText(tokenId);
    const token = new LiveToken({ ...wanted, tokenId, digest: digestOfToken(text), createMs });
    this.#creatingCount++;
    try {
      await store.addToken(token.record, forgotten);
    } finally {
      this.#creatingCount--;
    }
    for (const old of forgotten) this.#tokens.delete(old);
    this.#tokens.set(tokenId, token);
    if (wanted.expireMs !== undefined) this.#endExpired();
    return { token, text };
  }

  /**
   * Takes a token back: it is refused, and the streams of its callers end, before this is durable; where that fails,
   * it stays so for as long as this process runs.
   *
   * @throws SeglogError TOKEN_NOT_FOUND
   */
  async revoke(tokenId: TokenId): Promise<LiveToken> {
    const token = this.#tokens.get(tokenId);
    if (token === undefined) {
      throw new SeglogError("TOKEN_NOT_FOUND", `there is no token ${tokenId}`, { metadata: { token_id: tokenId } });
    }
    token.end();
    await this.#parts.store.removeToken(tokenId);
    this.#tokens.delete(tokenId);
    return token;
  }

  /**
   * The token of an authorization header.
   *
   * @throws SeglogError BAD_TOKEN, which says no more about why than its holder may know
   */
  tokenIn(header: string): LiveToken {
    const sent = tokenInHeader(header);
    if (sent === undefined) throw badToken("is none of seglog; wanted authorization: Bearer seglog_…");
    const token = this.#tokens.get(sent.tokenId);
    // The id is no secret, and may be looked up as fast as it can be. What proves the token is compared in constant time.
    if (token === undefined || !timingSafeEqual(digestOfToken(sent.text), token.record.digest)) throw badToken("is not known here");
    if (isOver(token, this.#parts.nowMs())) token.end();
    if (token.isEnded) throw token.ended();
    return token;
  }

  /** Lets go of its timer. */
  close(): void {
    clearTimeout(this.#expiry);
  }

  /** Ends tokens whose time is over, and comes back when the next one's is. */
  #endExpired(): void {
    const nowMs = this.#parts.nowMs();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const token of this.#tokens.values()) {
      if (token.isEnded) continue;
      if (isOver(token, nowMs)) token.end();
      else nextMs = Math.min(nextMs, token.record.expireMs ?? nextMs);
    }
    clearTimeout(this.#expiry);
    if (nextMs === Number.POSITIVE_INFINITY) return;
    this.#expiry = setTimeout(() => this.#endExpired(), Math.min(nextMs - nowMs, EXPIRY_LOOK_MS)).unref();
  }

  #longExpired(nowMs: number): readonly TokenId[] {
    return this.list().flatMap(({ record: { tokenId, expireMs } }) =>
      expireMs !== undefined && expireMs + TOKEN_EXPIRED_KEPT_MS <= nowMs ? [tokenId] : [],
    );
  }
}

function isOver({ record: { expireMs } }: LiveToken, nowMs: number): boolean {
  return expireMs !== undefined && expireMs <= nowMs;
}

/** A call has no token where it needs one, or one that is not accepted. `problem` reads on from "the token". */
export function badToken(problem: string): SeglogError {
  return new SeglogError("BAD_TOKEN", `the token ${problem}`);
}
