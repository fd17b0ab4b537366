import type { TokenId } from "../../model/id.js";
import type { TokenRecord, TokenStore } from "../token-store.js";
import type { CommitQueue } from "./commit-queue.js";
import type { Engine } from "./engine.js";
import { allTokens, removeToken, writeToken } from "./tables/tokens.js";

/** What adding a token counts for, in bytes. */
const TOKEN_BYTES = 1024;

/** TokenStore beside the logs, in the same commits. */
export class LmdbTokenStore implements TokenStore {
  readonly #engine: Engine;
  readonly #queue: CommitQueue;

  constructor({ engine, queue }: { readonly engine: Engine; readonly queue: CommitQueue }) {
    this.#engine = engine;
    this.#queue = queue;
  }

  async listTokens(): Promise<{ readonly tokens: readonly TokenRecord[]; readonly damagedCount: number }> {
    const records = [...allTokens(this.#engine.read())];
    const tokens = records.filter((token) => token !== undefined);
    return { tokens, damagedCount: records.length - tokens.length };
  }

  addToken(token: TokenRecord, forgotten: readonly TokenId[]): Promise<void> {
    return this.#queue.run({ bytes: TOKEN_BYTES, grows: true }, (tx) => {
      for (const tokenId of forgotten) removeToken(tx, tokenId);
      writeToken(tx, token);
    });
  }

  /** No limit keeps it back: a flood of writes with a stolen token is when it is needed. */
  removeToken(tokenId: TokenId): Promise<void> {
    return this.#queue.runOwn((tx) => removeToken(tx, tokenId));
  }
}
