import type { RequestConfig } from "../../../gen/seglog/v1/entry_pb.js";
import { countText } from "../count-text.js";

/** Decimal digits that a float of 32 bits keeps. */
const FLOAT_DIGITS = 7;

/** The options of a model request in words; `none` where it has none. */
export function configText(config: RequestConfig | undefined): string {
  if (config === undefined) return "none";
  const { maxTokens, temperature, topP, topK, stopSequences, reasoning } = config;
  const said = [
    ...(maxTokens === undefined ? [] : [`max tokens ${countText(maxTokens)}`]),
    ...(temperature === undefined ? [] : [`temperature ${floatText(temperature)}`]),
    ...(topP === undefined ? [] : [`top p ${floatText(topP)}`]),
    ...(topK === undefined ? [] : [`top k ${topK}`]),
    ...(stopSequences.length === 0 ? [] : [`stop at ${stopSequences.map((stop) => JSON.stringify(stop)).join(", ")}`]),
    ...reasoningWords(reasoning),
  ];
  return said.length === 0 ? "none" : said.join(" · ");
}

function reasoningWords(reasoning: RequestConfig["reasoning"]): string[] {
  switch (reasoning.case) {
    case "reasoningEffort":
      return [`reasoning ${reasoning.value}`];
    case "reasoningBudgetTokens":
      return [reasoning.value === -1 ? "reasoning as the model decides" : `reasoning up to ${countText(reasoning.value)} tokens`];
    case undefined:
      return [];
    default:
      return reasoning satisfies never;
  }
}

/** A float of 32 bits as its writer wrote it. */
function floatText(value: number): string {
  return String(Number(value.toPrecision(FLOAT_DIGITS)));
}
