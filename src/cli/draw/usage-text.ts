import type { LlmUsage } from "../../../gen/seglog/v1/entry_pb.js";
import { countText } from "../count-text.js";

/** Token usage in words: `1,204 in (900 cached) · 88 out`. */
export function usageText({ inputTotalTokens, cacheReadTokens, cacheWriteTokens, outputTokens }: LlmUsage): string {
  const cache = [
    ...(cacheReadTokens === 0n ? [] : [`${countText(cacheReadTokens)} cached`]),
    ...(cacheWriteTokens === 0n ? [] : [`${countText(cacheWriteTokens)} to cache`]),
  ];
  const of = cache.length === 0 ? "" : ` (${cache.join(", ")})`;
  return `${countText(inputTotalTokens)} in${of} · ${countText(outputTokens)} out`;
}
