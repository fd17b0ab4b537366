import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { LlmUsageSchema, RequestConfigSchema } from "../../../gen/seglog/v1/entry_pb.js";
import { counted, countText } from "../../../src/cli/count-text.js";
import { configText } from "../../../src/cli/draw/config-text.js";
import { usageText } from "../../../src/cli/draw/usage-text.js";

test.each([
  [0n, "0"],
  [999n, "999"],
  [1204n, "1,204"],
  [18_446_744_073_709_551_615n, "18,446,744,073,709,551,615"],
])("the count %d is written %s", (count, text) => {
  expect(countText(count)).toBe(text);
});

test("one thing is not plural", () => {
  expect([counted(0, "item"), counted(1n, "item"), counted(1500, "item")]).toEqual(["0 items", "1 item", "1,500 items"]);
});

const CONFIGS: readonly (readonly [MessageInitShape<typeof RequestConfigSchema>, string])[] = [
  [{}, "none"],
  [{ temperature: Math.fround(0.7), topP: Math.fround(0.95), topK: 40 }, "temperature 0.7 · top p 0.95 · top k 40"],
  [{ stopSequences: ["\n", "END"] }, 'stop at "\\n", "END"'],
  [{ maxTokens: 8192, reasoning: { case: "reasoningBudgetTokens", value: 2048 } }, "max tokens 8,192 · reasoning up to 2,048 tokens"],
  [{ reasoning: { case: "reasoningBudgetTokens", value: -1 } }, "reasoning as the model decides"],
  [{ reasoning: { case: "reasoningEffort", value: "high" } }, "reasoning high"],
];

test.each(CONFIGS)("the config %j in words", (config, text) => {
  expect(configText(create(RequestConfigSchema, config))).toBe(text);
});

test("usage says what came of and went to the cache, where anything did", () => {
  const text = (usage: MessageInitShape<typeof LlmUsageSchema>) => usageText(create(LlmUsageSchema, usage));

  expect(text({ inputTotalTokens: 1204n, outputTokens: 88n })).toBe("1,204 in · 88 out");
  expect(text({ inputTotalTokens: 1204n, cacheReadTokens: 900n, cacheWriteTokens: 100n, outputTokens: 8n })).toBe(
    "1,204 in (900 cached, 100 to cache) · 8 out",
  );
});
