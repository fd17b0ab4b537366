import fc from "fast-check";
import { expect, test } from "vitest";
import { isSeglogError } from "../../src/model/errors.js";
import { formatId, parseSegmentId, parseSessionId } from "../../src/model/id.js";
import type { FeedScope } from "../../src/store/feed.js";
import { decodeResumeToken, encodeResumeToken, type ResumePoint } from "../../src/tail/resume-token.js";

/** Of who reads the tokens. */
const sight = { namespace: "team-a", seesAll: false };

const id = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => formatId(bytes));
const sessionId = id.map((text) => parseSessionId(text));
const scope: fc.Arbitrary<FeedScope> = fc.oneof(
  fc.constant({ type: "store" } as const),
  fc.constant({ type: "namespace", namespace: "team-a" } as const),
  fc.record({ type: fc.constant("session" as const), sessionId }),
  fc.record({ type: fc.constant("segment" as const), sessionId, segmentId: id.map((text) => parseSegmentId(text)) }),
);
const point: fc.Arbitrary<ResumePoint> = fc.record({ storeId: id, scope, position: fc.maxSafeNat() });

test("a token tells the point that it was made of", () => {
  fc.assert(
    fc.property(point, (made) => {
      expect(decodeResumeToken(encodeResumeToken(made), made.storeId, sight)).toEqual(made);
    }),
  );
});

test("all tokens are as long, and fit into a line", () => {
  fc.assert(
    fc.property(point, (made) => {
      expect(encodeResumeToken(made)).toMatch(/^[\w-]{78}$/);
    }),
  );
});

test("a token with any character changed is refused, or tells another point of the same store", () => {
  fc.assert(
    fc.property(point, fc.nat({ max: 77 }), fc.string({ unit: "binary", minLength: 1, maxLength: 1 }), (made, at, character) => {
      const token = encodeResumeToken(made);
      const changed = token.slice(0, at) + character + token.slice(at + 1);
      fc.pre(changed !== token);

      const read = pointOrRefusal(changed, made.storeId);

      if (read !== undefined) expect(encodeResumeToken(read)).not.toBe(token);
      expect(read?.storeId ?? made.storeId).toBe(made.storeId);
    }),
    { numRuns: 2000 },
  );
});

test("a token with any bit flipped is refused, or tells another point of the same store", () => {
  fc.assert(
    fc.property(point, (made) => {
      const bytes = Buffer.from(encodeResumeToken(made), "base64url");
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const flipped = Buffer.from(bytes);
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        const read = pointOrRefusal(flipped.toString("base64url"), made.storeId);
        // What a scope does not have may say anything: it is not looked at.
        if (read !== undefined && made.scope.type === "segment") expect(read).not.toEqual(made);
        if (bit < 18 * 8 && bit >= 16) expect(read, `bit ${bit}`).toBeUndefined();
      }
    }),
    { numRuns: 50 },
  );
});

test("whatever else is given for a token is refused", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.base64String(), fc.string({ unit: "grapheme" })), id, (text, storeId) => {
      expect(pointOrRefusal(text, storeId)).toBeUndefined();
    }),
  );
});

test("a token of another store says so", () => {
  fc.assert(
    fc.property(point, id, (made, storeId) => {
      fc.pre(storeId !== made.storeId);
      expect(() => decodeResumeToken(encodeResumeToken(made), storeId, sight)).toThrow("resume_token is of another store");
    }),
  );
});

test("a token of another namespace's tail is refused, and tells nothing of it", () => {
  fc.assert(
    fc.property(id, fc.maxSafeNat(), (storeId, position) => {
      const token = encodeResumeToken({ storeId, scope: { type: "namespace", namespace: "team-b" }, position });

      expect(() => decodeResumeToken(token, storeId, sight)).toThrow("resume_token is of a tail with another scope");
      expect(Buffer.from(token, "base64url").includes("team-b")).toBe(false);
    }),
  );
});

function pointOrRefusal(token: string, storeId: string): ResumePoint | undefined {
  try {
    return decodeResumeToken(token, storeId, sight);
  } catch (error) {
    if (!isSeglogError(error, "BAD_RESUME_TOKEN")) throw error;
    return undefined;
  }
}
