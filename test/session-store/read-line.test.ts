import { equals } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EntrySchema } from "../../gen/seglog/v1/entry_pb.js";
import { readLine } from "../../src/session-store/read-line.js";
import { writeLine } from "../../src/session-store/write-line.js";
import { anyEntry } from "../support/entry-arbitrary.js";

const SESSION = "01960000-0000-7000-8000-000000000001";
const CONFIG = '{"stop_sequences":[]}';

describe("refused by the seed's reader, kept as a foreign entry", () => {
  test.each([
    ["not JSON", '{"kind":"turn_end","ts":1,"turn_count":1'],
    ["two entries glued together", '{"kind":"turn_end","ts":1,"turn_count":1}{"kind":"turn_end","ts":1,"turn_count":1}'],
    ["a lone surrogate anywhere", '{"kind":"turn_end","ts":1,"turn_count":1,"x":"\\ud83d"}'],
    ["a number that no float holds", '{"kind":"extension","ts":1,"domain":"d","payload":1e999}'],
    ["128 levels", `{"kind":"extension","ts":1,"domain":"d","payload":${"[".repeat(127)}${"]".repeat(127)}}`],
    ["-0, a float, as a count", '{"kind":"turn_end","ts":1,"turn_count":-0}'],
    ["a count of 2^64", '{"kind":"turn_end","ts":1,"turn_count":18446744073709551616}'],
    ["a count as a text", '{"kind":"turn_end","ts":1,"turn_count":"1"}'],
    ["a budget past 32 bits", '{"kind":"config_changed","ts":1,"config":{"stop_sequences":[],"reasoning":2147483648}}'],
    ["max_tokens past 32 bits", '{"kind":"config_changed","ts":1,"config":{"stop_sequences":[],"max_tokens":4294967296}}'],
    ["a negative max_tokens", '{"kind":"config_changed","ts":1,"config":{"stop_sequences":[],"max_tokens":-1}}'],
    ["null for a list with a default", '{"kind":"assistant_item","ts":1,"item":{"kind":"reasoning","text":"","summary":null}}'],
    [
      "null for a flag with a default",
      '{"kind":"tool_result","ts":1,"item":{"kind":"tool_result","call_id":"","summary":"","is_error":null}}',
    ],
    ["an ULID for a session", `{"kind":"segment_start","ts":1,"session_id":"01HZZZZZZZZZZZZZZZZZZZZZZZ","config":${CONFIG},"history":[]}`],
    ["another reminder", '{"kind":"system_item","ts":1,"item":{"kind":"task_reminder","source":"clock","body":""}}'],
    ["a piece with a doubled kind", '{"kind":"user_input","ts":1,"segments":[{"kind":"future","kind":"future"}]}'],
    ["an older start", '{"kind":"session_start","ts":1,"hash":"00","session_id":"x"}'],
    ["an array in place of an item", '{"kind":"assistant_item","ts":1,"item":["message","user",[]]}'],
  ])("%s", (_what, line) => {
    const { entries, notes } = readLine(line);

    expect(entries.map(({ kind }) => kind)).toMatchObject([{ case: "foreign", value: { text: line } }]);
    expect(notes).toHaveLength(1);
  });

  test("with its own time where it has one", () => {
    const line = '{"kind":"from the future","ts":1234}';

    const [entry] = readLine(line).entries;

    expect(entry?.time).toMatchObject({ seconds: 1n, nanos: 234_000_000 });
  });

  test("a time past year 9999, which the seed takes, since the contract cannot say it", () => {
    const last = readLine('{"kind":"turn_end","ts":253402300799999,"turn_count":1}');
    const tooLate = readLine('{"kind":"turn_end","ts":253402300800000,"turn_count":1}');

    expect(last.entries[0]?.kind.case).toBe("turnEnd");
    expect(tooLate.entries[0]?.kind.case).toBe("foreign");
    expect(tooLate.notes).toEqual(["kept as a foreign entry: ts is a time past year 9999"]);
  });

  test("a payload of more levels than the seed's reader goes down", () => {
    const line = (levels: number) => `{"kind":"extension","ts":1,"domain":"d","payload":${"[".repeat(levels)}${"]".repeat(levels)}}`;

    expect(readLine(line(126)).entries[0]?.kind.case).toBe("extension");
    expect(readLine(line(127)).entries[0]?.kind.case).toBe("foreign");
  });

  test("a float past 32 bits, which the seed takes as infinity, since the contract has none", () => {
    const { entries } = readLine('{"kind":"config_changed","ts":1,"config":{"stop_sequences":[],"top_p":1e39}}');

    expect(entries[0]?.kind.case).toBe("foreign");
  });
});

describe("taken as the seed's reader takes it", () => {
  test.each([
    ["a payload of 100 levels", `{"kind":"extension","ts":1,"domain":"d","payload":${"[".repeat(100)}${"]".repeat(100)}}`],
    ["a count of 2^64 - 1", '{"kind":"turn_end","ts":1,"turn_count":18446744073709551615}'],
    ["a payload with repeated keys", '{"kind":"extension","ts":1,"domain":"d","payload":{"a":1,"a":2}}'],
    ["a payload beyond 2^53", '{"kind":"extension","ts":1,"domain":"d","payload":9007199254740993}'],
    ["a payload with a pair of surrogates", '{"kind":"extension","ts":1,"domain":"d","payload":"\\ud83c\\udf31"}'],
  ])("%s, and written as it was", (_what, line) => {
    const { entries, notes } = readLine(line);

    const [entry] = entries;
    expect(entry && writeLine(entry)).toBe(line);
    expect(notes).toEqual([]);
  });

  test.each([`urn:uuid:${SESSION}`, `{${SESSION}}`, SESSION.toUpperCase(), SESSION.replaceAll("-", "")])("the UUID %s", (uuid) => {
    const { entries } = readLine(`{"kind":"segment_start","ts":1,"session_id":"${uuid}","config":${CONFIG},"history":[]}`);

    expect(entries[0]?.kind).toMatchObject({ case: "segmentStart", value: { sessionId: "01JR000000E008000000000001" } });
  });

  test("integers where floats stand", () => {
    const { entries } = readLine('{"kind":"config_changed","ts":1,"config":{"stop_sequences":[],"temperature":1,"top_p":-0}}');

    expect(entries[0]?.kind).toMatchObject({ value: { config: { temperature: 1, topP: -0 } } });
  });

  test("floats as the nearest of 32 bits", () => {
    const { entries } = readLine('{"kind":"config_changed","ts":1,"config":{"stop_sequences":[],"temperature":0.1}}');

    expect(entries[0]?.kind).toMatchObject({ value: { config: { temperature: Math.fround(0.1) } } });
  });
});

describe("reported", () => {
  test("unknown keys, each by its place, repeated or not", () => {
    const line =
      '{"kind":"assistant_item","hash":1,"ts":1,"item":{"kind":"message","role":"user","id":"x","content":[{"kind":"text","text":"","x":0,"x":1}]}}';

    const { entries, notes } = readLine(line);

    expect(entries[0]?.kind.case).toBe("assistantItem");
    expect(notes.toSorted()).toEqual([
      'the unknown key "hash" was dropped',
      'the unknown key "id" in item was dropped',
      'the unknown key "x" in item.content[0] was dropped',
      'the unknown key "x" in item.content[0] was dropped',
    ]);
  });

  test("a piece of an unknown kind, which becomes one without a kind", () => {
    const { entries, notes } = readLine('{"kind":"user_input","ts":1,"segments":[{"kind":"voice_memo","url":"x"}]}');

    expect(entries[0]?.kind).toMatchObject({ value: { pieces: [{ kind: { case: undefined } }] } });
    expect(notes).toEqual(["segments[0] is a piece of an unknown kind: kept as unknown, without its data"]);
  });

  test("data of an unknown piece, but not the unknown piece that the seed writes", () => {
    const bare = readLine('{"kind":"user_input","ts":1,"segments":[{"kind":"unknown"}]}');
    const withData = readLine('{"kind":"user_input","ts":1,"segments":[{"kind":"unknown","content":"x"}]}');

    expect(bare.notes).toEqual([]);
    expect(withData.notes).toEqual(["segments[0] is an unknown piece: its data was dropped"]);
  });

  test("no content, in whatever is reported", () => {
    const lines = [
      '{"kind":"secret"}',
      '{"kind":"turn_end","ts":"secret","turn_count":1}',
      '{"kind":"turn_end" secret',
      '{"kind":"user_input","ts":1,"segments":[{"kind":"secret","secret":"secret"}]}',
      '{"kind":"invoke","ts":1,"trigger":"secret"}',
    ];

    const notes = lines.flatMap((line) => readLine(line).notes);

    expect(notes).toHaveLength(lines.length);
    expect(notes.join("\n")).not.toContain("secret");
  });
});

describe("kinds of other versions", () => {
  const toolCall = '{"kind":"tool_call","call_id":"c","name":"n","arguments":"{}"}';
  const interrupt = '{"kind":"interrupt","body":"b"}';

  test.each([
    ["assistant_items", `[${toolCall},${toolCall}]`, ["assistantItem", "assistantItem"]],
    ["hook_injected_items", `[${toolCall}]`, ["assistantItem"]],
    ["tool_results", `[${toolCall},${toolCall},${toolCall}]`, ["toolResult", "toolResult", "toolResult"]],
    ["system_items", `[${interrupt},${interrupt}]`, ["systemItem", "systemItem"]],
    ["tool_results", "[]", []],
  ])("%s of older ones give an entry an item, all with the same time", (kind, items, cases) => {
    const { entries } = readLine(`{"kind":"${kind}","ts":1500,"items":${items}}`);

    expect(entries.map((entry) => entry.kind.case)).toEqual(cases);
    expect(new Set(entries.map(({ time }) => time?.nanos))).toEqual(new Set(cases.length > 0 ? [500_000_000] : []));
  });

  test("paused_turn_abandoned of newer ones is an entry of its own", () => {
    const { entries, notes } = readLine('{"kind":"paused_turn_abandoned","ts":1}');

    expect(entries.map(({ kind }) => kind.case)).toEqual(["pausedTurnAbandoned"]);
    expect(notes).toEqual([]);
  });
});

test("law: whatever a line says, what was read is written and reads as the same again", () => {
  const damaged = fc
    .tuple(
      anyEntry,
      fc.nat(),
      fc.nat({ max: 3 }),
      fc.constantFrom("", '"', "0", "null", "}", '{"kind":"x"}', ",", " ", "-", '"kind":"text",'),
    )
    .map(([entry, at, cut, put]) => {
      const line = writeLine(entry) ?? "";
      const place = at % (line.length + 1);
      return line.slice(0, place) + put + line.slice(place + cut);
    })
    .filter((line) => !/\p{Surrogate}/u.test(line) && line.trim() !== "");
  fc.assert(
    fc.property(damaged, (line) => {
      const [entry] = readLine(line).entries;
      if (entry === undefined) throw new Error("nothing was read");

      const written = writeLine(entry);

      const again = readLine(written ?? "");
      expect(written).toBeDefined();
      expect(again.entries.map(writeLine)).toEqual([written]);
      if (entry.kind.case !== "extension") expect(again.entries[0] && equals(EntrySchema, again.entries[0], entry)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
