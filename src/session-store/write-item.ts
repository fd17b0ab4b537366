import type { ContentPart, Item, RequestConfig } from "../../gen/seglog/v1/entry_pb.js";
import { floatText } from "./float-text.js";
import { arrayText, objectText, orNull, stringText } from "./json-text.js";
import { nameText, ROLE_NAMES } from "./names.js";
import { NoFormError } from "./no-form.js";

/**
 * An item of a history.
 *
 * @throws NoFormError
 */
export function itemText({ kind }: Item): string {
  switch (kind.case) {
    case "message":
      return objectText({
        kind: '"message"',
        role: nameText(ROLE_NAMES, kind.value.role),
        content: arrayText(kind.value.content.map(partText)),
      });
    case "toolCall":
      return objectText({
        kind: '"tool_call"',
        call_id: stringText(kind.value.callId),
        name: stringText(kind.value.name),
        arguments: stringText(kind.value.arguments),
      });
    case "toolOutput": {
      const { callId, summary, content, isError } = kind.value;
      return objectText({
        kind: '"tool_result"',
        call_id: stringText(callId),
        summary: stringText(summary),
        content: content === undefined ? undefined : stringText(content),
        is_error: isError ? "true" : undefined,
      });
    }
    case "reasoning": {
      const { text, summary, encryptedContent, signature } = kind.value;
      return objectText({
        kind: '"reasoning"',
        text: stringText(text),
        summary: summary.length === 0 ? undefined : arrayText(summary.map(stringText)),
        encrypted_content: encryptedContent === undefined ? undefined : stringText(encryptedContent),
        signature: signature === undefined ? undefined : stringText(signature),
      });
    }
    case undefined:
      throw new NoFormError("an item of an unknown kind");
    default:
      return kind satisfies never;
  }
}

/** Options of a model request; an unset one reads as one without any. */
export function configText(config: RequestConfig | undefined): string {
  return objectText({
    max_tokens: orNull(config?.maxTokens, String),
    temperature: orNull(config?.temperature, finiteText),
    top_p: orNull(config?.topP, finiteText),
    top_k: orNull(config?.topK, String),
    stop_sequences: arrayText((config?.stopSequences ?? []).map(stringText)),
    reasoning: reasoningText(config?.reasoning),
  });
}

function partText({ kind }: ContentPart): string {
  switch (kind.case) {
    case "text":
      return objectText({ kind: '"text"', text: stringText(kind.value) });
    case "refusal":
      return objectText({ kind: '"refusal"', refusal: stringText(kind.value) });
    case undefined:
      throw new NoFormError("a content part of an unknown kind");
    default:
      return kind satisfies never;
  }
}

function reasoningText(reasoning: RequestConfig["reasoning"] | undefined): string {
  if (reasoning?.case === undefined) return "null";
  return reasoning.case === "reasoningEffort" ? stringText(reasoning.value) : String(reasoning.value);
}

function finiteText(float: number): string {
  if (!Number.isFinite(float)) throw new NoFormError("a number that is not finite");
  return floatText(float);
}
