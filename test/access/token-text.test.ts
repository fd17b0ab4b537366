import { expect, test } from "vitest";
import { digestOfToken, newTokenText, tokenInHeader } from "../../src/access/token-text.js";
import { parseTokenId } from "../../src/model/id.js";
import { newId } from "../support/a-segment.js";

test("a token holds its id and 256 bits that are never the same", () => {
  const tokenId = parseTokenId(newId());

  const texts = Array.from({ length: 1000 }, () => newTokenText(tokenId));

  expect(new Set(texts).size).toBe(1000);
  for (const text of texts) expect(text).toMatch(new RegExp(`^seglog_${tokenId}_[A-Za-z0-9_-]{43}$`));
  expect(tokenInHeader(`Bearer ${texts[0]}`)).toEqual({ text: texts[0], tokenId });
  expect(tokenInHeader(`bearer  ${texts[0]}`)).toEqual({ text: texts[0], tokenId });
  expect(digestOfToken(texts[0] ?? "")).toHaveLength(32);
});

test.each([
  "",
  "Bearer",
  "Bearer ",
  "Basic dXNlcjpwYXNz",
  "Bearer seglog_",
  "Bearer sk-0123456789",
  `Bearer seglog_01ARZ3NDEKTSV4RRFFQ69G5FAV_${"a".repeat(42)}`,
  `Bearer seglog_01ARZ3NDEKTSV4RRFFQ69G5FAV_${"a".repeat(44)}`,
  `Bearer seglog_81ARZ3NDEKTSV4RRFFQ69G5FAV_${"a".repeat(43)}`,
  `Bearer seglog_01ARZ3NDEKTSV4RRFFQ69G5FAV_${"é".repeat(43)}`,
  `Bearer seglog_01ARZ3NDEKTSV4RRFFQ69G5FAV_${"a".repeat(43)}, Bearer seglog_01ARZ3NDEKTSV4RRFFQ69G5FAV_${"a".repeat(43)}`,
  `Bearer ${" ".repeat(10_000)}x`,
])("%s is no token", (header) => {
  expect(tokenInHeader(header)).toBeUndefined();
});
