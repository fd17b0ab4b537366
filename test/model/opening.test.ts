import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EntrySchema, type Item, ItemSchema, RequestConfigSchema } from "../../gen/seglog/v1/entry_pb.js";
import { DEFAULT_LIMITS, ENTRY_SLACK_BYTES, RESPONSE_BYTES } from "../../src/model/limits.js";
import type { NewEntry } from "../../src/model/new-entry.js";
import { type Opening, openingOfCopiedState, openingOfFork, openingOfState } from "../../src/model/opening.js";
import { anyItem } from "../support/entry-arbitrary.js";
import { replayed } from "../support/replayed.js";

const SESSION = "01JR000000E008000000000001";
const SOURCE = "01JR000000E008000000000002";
const origin = { segmentId: SOURCE, atTurn: 3n };
const config = toBinary(RequestConfigSchema, create(RequestConfigSchema, { maxTokens: 5 }));

describe("the opening of a state that a caller gave", () => {
  test("is one start with all of it", () => {
    const opening = { sessionId: SESSION, systemPrompt: utf8("p"), config, history: [text("a"), text("b")], compactedFrom: origin };

    const entry = openingOfState(opening, DEFAULT_LIMITS);

    expect(entry).toMatchObject({ kind: 4, hasTime: false });
    expect(decode(entry).kind).toMatchObject({
      case: "segmentStart",
      value: { sessionId: SESSION, systemPrompt: "p", config: { maxTokens: 5 }, history: [item("a"), item("b")], compactedFrom: origin },
    });
  });

  test("keeps an empty prompt apart from none", () => {
    const without = decode(openingOfState({ sessionId: SESSION, history: [] }, DEFAULT_LIMITS));
    const empty = decode(openingOfState({ sessionId: SESSION, systemPrompt: utf8(""), history: [] }, DEFAULT_LIMITS));

    expect(without.kind.value).not.toHaveProperty("systemPrompt");
    expect(empty.kind.value).toMatchObject({ systemPrompt: "" });
  });

  test("may have the limit of an entry, and not a byte more", () => {
    const opening = { sessionId: SESSION, history: [text("x".repeat(1000))] };
    const { bytes } = openingOfState(opening, DEFAULT_LIMITS);

    expect(() => openingOfState(opening, { entryBytesMax: bytes.length })).not.toThrow();
    expect(() => openingOfState(opening, { entryBytesMax: bytes.length - 1 })).toThrow(
      expect.objectContaining({ reason: "ENTRY_TOO_LARGE" }),
    );
  });
});

describe("the opening of a copied state", () => {
  test("is one start where it is small", () => {
    const entries = openingOfCopiedState({ sessionId: SESSION, config, history: [text("a")], forkedFrom: origin }, DEFAULT_LIMITS);

    expect(entries.map(({ kind }) => kind)).toEqual([4]);
  });

  test("goes on in entries of about a response's bytes", () => {
    const opening = { sessionId: SESSION, systemPrompt: utf8("p"), history: Array.from({ length: 50 }, () => text("x".repeat(100_000))) };

    const entries = openingOfCopiedState(opening, DEFAULT_LIMITS);

    expect(entries.map(({ kind }) => kind)).toEqual([4, 17, 17, 17, 17]);
    for (const { bytes } of entries) expect(bytes.length).toBeLessThanOrEqual(RESPONSE_BYTES + ENTRY_SLACK_BYTES);
  });

  test("gives an item that is larger an entry of its own", () => {
    const large = "x".repeat(DEFAULT_LIMITS.entryBytesMax);
    const opening = { sessionId: SESSION, systemPrompt: utf8("p"), history: [text(large), text("a"), text(large), text(large)] };

    const entries = openingOfCopiedState(opening, DEFAULT_LIMITS);

    expect(entries.map(({ kind }) => kind)).toEqual([4, 17, 17, 17, 17]);
    expect(Math.max(...entries.map(({ bytes }) => bytes.length))).toBeLessThanOrEqual(DEFAULT_LIMITS.entryBytesMax + ENTRY_SLACK_BYTES);
  });

  test("is refused where prompt and config alone are too large", () => {
    const opening = { sessionId: SESSION, systemPrompt: utf8("p".repeat(DEFAULT_LIMITS.entryBytesMax + ENTRY_SLACK_BYTES)), history: [] };

    expect(() => openingOfCopiedState(opening, DEFAULT_LIMITS)).toThrow(expect.objectContaining({ reason: "ENTRY_TOO_LARGE" }));
  });

  test("law: replayed, it is the state that it was made of, and no entry passes the limit", () => {
    const opening = fc.record({ systemPrompt: fc.option(fc.string(), { nil: undefined }), history: fc.array(anyItem, { maxLength: 20 }) });
    fc.assert(
      fc.property(opening, fc.integer({ min: 100, max: 2000 }), ({ systemPrompt, history }, entryBytesMax) => {
        const items = history.map((item) => create(ItemSchema, item));

        const opening = {
          sessionId: SESSION,
          systemPrompt: systemPrompt === undefined ? undefined : utf8(systemPrompt),
          history: items.map((item) => toBinary(ItemSchema, item)),
        } satisfies Opening;
        const entries = openingOfCopiedState(opening, { entryBytesMax });

        const state = replayed(entries.map(decode));
        expect(state.history).toEqual(items);
        expect(state.systemPrompt).toBe(systemPrompt);
        expect(state.sessionId).toBe(SESSION);
        for (const { bytes } of entries) expect(bytes.length).toBeLessThanOrEqual(entryBytesMax + ENTRY_SLACK_BYTES);
      }),
    );
  });
});

test("the opening of a fork says where it came from and what it inherits, and nothing else", () => {
  const entry = openingOfFork({ sessionId: SESSION, forkedFrom: origin, base: { segmentId: SOURCE, entryCount: 7 } });

  expect(entry).toMatchObject({ kind: 4, hasTime: false });
  expect(decode(entry)).toEqual(
    create(EntrySchema, {
      kind: { case: "segmentStart", value: { sessionId: SESSION, forkedFrom: origin, base: { segmentId: SOURCE, entryCount: 7n } } },
    }),
  );
});

function text(value: string): Uint8Array {
  return toBinary(ItemSchema, item(value));
}

function item(value: string): Item {
  return create(ItemSchema, { kind: { case: "message", value: { role: 1, content: [{ kind: { case: "text", value } }] } } });
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function decode({ bytes }: NewEntry) {
  return fromBinary(EntrySchema, bytes);
}
