import { describe, expect, onTestFinished, test, vi } from "vitest";
import { TokenBook } from "../../src/access/token-book.js";
import { parseTokenId, type TokenId } from "../../src/model/id.js";
import { TOKEN_EXPIRED_KEPT_MS, TOKENS_MAX } from "../../src/model/limits.js";
import { openLmdbStore } from "../../src/store/lmdb/open-lmdb-store.js";
import type { TokenRecord, TokenStore } from "../../src/store/token-store.js";
import { newId } from "../support/a-segment.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const HOUR_MS = 3_600_000;
const WANTED = { role: "append", namespace: "garden", name: "pod 7", expireMs: undefined } as const;

describe("a book", () => {
  test("knows a token that it created, also after a restart, and keeps no text of it", async () => {
    const dir = temporaryFolder();
    const first = await openBook(dir);
    const { token, text } = await first.book.create(WANTED);
    await first.store.close();

    const { book, store } = await openBook(dir);
    const { tokens } = await store.tokens.listTokens();

    expect(book.tokenIn(`Bearer ${text}`).record).toEqual({ ...WANTED, ...token.record });
    expect(tokens).toEqual([token.record]);
    expect(JSON.stringify(tokens)).not.toContain(text.slice(-43));
  });

  test("refuses what is no token, is unknown, or has another secret, and says no more than that", async () => {
    const { book } = await openBook(temporaryFolder());
    const { token, text } = await book.create(WANTED);
    const unknown = text.replace(token.record.tokenId, newId());
    const guessed = `${text.slice(0, -2)}${text.endsWith("AA") ? "BB" : "AA"}`;

    for (const sent of ["Bearer x", `Bearer ${unknown}`, `Bearer ${guessed}`]) {
      expect(() => book.tokenIn(sent)).toThrow(expect.objectContaining({ reason: "BAD_TOKEN", metadata: {} }));
    }
    expect(book.tokenIn(`Bearer ${text}`)).toBe(token);
  });

  test("forgets a revoked token for good, and tells its holders", async () => {
    const dir = temporaryFolder();
    const { book, store } = await openBook(dir);
    const { token, text } = await book.create(WANTED);
    const ends: string[] = [];
    token.onEnd(({ reason }) => void ends.push(reason));
    token.onEnd(() => void ends.push("undone"))();

    await book.revoke(token.record.tokenId);
    await store.close();
    const later = await openBook(dir);

    expect(ends).toEqual(["BAD_TOKEN"]);
    expect(() => book.tokenIn(`Bearer ${text}`)).toThrow(expect.objectContaining({ reason: "BAD_TOKEN" }));
    expect(() => later.book.tokenIn(`Bearer ${text}`)).toThrow(expect.objectContaining({ reason: "BAD_TOKEN" }));
    await expect(book.revoke(token.record.tokenId)).rejects.toMatchObject({ reason: "TOKEN_NOT_FOUND" });
  });

  test("refuses a token from the moment at which it is revoked, though that cannot be kept", async () => {
    const { book, text, tokenId } = await bookOf({ removeToken: () => Promise.reject(new Error("the disk is gone")) });

    await expect(book.revoke(tokenId)).rejects.toThrow("the disk is gone");

    expect(() => book.tokenIn(`Bearer ${text}`)).toThrow(expect.objectContaining({ reason: "BAD_TOKEN" }));
  });

  test("has no token that could not be kept", async () => {
    const { book } = await bookOf({});
    const before = book.list().length;
    const failing = await bookOf({ addToken: () => Promise.reject(new Error("the disk is gone")) }, 0);

    await expect(failing.book.create(WANTED)).rejects.toThrow("the disk is gone");

    expect([before, failing.book.list().length]).toEqual([1, 0]);
  });

  test(`takes ${TOKENS_MAX} tokens, and one more only where one is long over`, async () => {
    let nowMs = 1_000_000;
    const { book } = await bookOf({}, 0, () => nowMs);
    const first = await book.create({ ...WANTED, expireMs: nowMs + HOUR_MS });
    for (let count = 1; count < TOKENS_MAX; count++) await book.create(WANTED);

    await expect(book.create(WANTED)).rejects.toMatchObject({ reason: "TOO_MANY_TOKENS", metadata: { tokens_max: "10000" } });
    nowMs += HOUR_MS + TOKEN_EXPIRED_KEPT_MS;
    await book.create(WANTED);

    expect(book.list()).toHaveLength(TOKENS_MAX);
    expect(book.list()).not.toContain(first.token);
    await expect(book.create(WANTED)).rejects.toMatchObject({ reason: "TOO_MANY_TOKENS" });
  });
});

describe("a token that expires", () => {
  test("is refused from that moment on, and its holders are told then", async () => {
    vi.useFakeTimers({ now: 1_000_000 });
    onTestFinished(() => void vi.useRealTimers());
    const { book } = await bookOf({}, 0, Date.now);
    const { token, text } = await book.create({ ...WANTED, expireMs: Date.now() + HOUR_MS });
    let isTold = false;
    token.onEnd(() => {
      isTold = true;
    });

    vi.advanceTimersByTime(HOUR_MS - 1);
    const before = [isTold, book.tokenIn(`Bearer ${text}`) === token];
    vi.advanceTimersByTime(1);

    expect(before).toEqual([false, true]);
    expect(isTold).toBe(true);
    expect(() => book.tokenIn(`Bearer ${text}`)).toThrow(expect.objectContaining({ reason: "BAD_TOKEN" }));
  });

  test("is refused where the clock has jumped and nobody has looked yet", async () => {
    let nowMs = 1_000_000;
    const { book } = await bookOf({}, 0, () => nowMs);
    const { text } = await book.create({ ...WANTED, expireMs: nowMs + HOUR_MS });

    nowMs += HOUR_MS;

    expect(() => book.tokenIn(`Bearer ${text}`)).toThrow("the token has expired or was revoked");
  });
});

async function openBook(dir: string) {
  const store = await openLmdbStore({ dir, newId });
  onTestFinished(() => store.close());
  const { book } = await TokenBook.open({ store: store.tokens, newId, nowMs: Date.now });
  onTestFinished(() => book.close());
  return { book, store };
}

/** A book over a store in memory that does some things otherwise, with tokens in it. */
async function bookOf(otherwise: Partial<TokenStore>, tokens = 1, nowMs = Date.now) {
  const kept = new Map<TokenId, TokenRecord>();
  const store: TokenStore = {
    listTokens: async () => ({ tokens: [...kept.values()], damagedCount: 0 }),
    addToken: async (token) => void kept.set(token.tokenId, token),
    removeToken: async (tokenId) => void kept.delete(tokenId),
    ...otherwise,
  };
  const { book } = await TokenBook.open({ store, newId, nowMs });
  onTestFinished(() => book.close());
  const created = tokens === 0 ? undefined : await book.create(WANTED);
  return { book, text: created?.text ?? "", tokenId: parseTokenId(created?.token.record.tokenId ?? newId()) };
}
