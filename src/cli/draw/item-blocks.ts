import { type Item, type Message, type Reasoning, Role, type ToolOutput } from "../../../gen/seglog/v1/entry_pb.js";
import type { Part } from "../paint.js";
import type { Block } from "./block.js";
import type { ToolCalls } from "./tool-calls.js";

/** An item of a conversation, drawn as people read it: who speaks, and what. */
export function itemBlocks(item: Item | undefined, calls: ToolCalls): Block[] {
  const kind = item?.kind;
  switch (kind?.case) {
    case "message":
      return [messageBlock(kind.value)];
    case "toolCall":
      calls.add(kind.value.callId, kind.value.name);
      return [{ shape: "text", label: "calls", part: "tool", lead: { text: kind.value.name, part: "strong" }, text: kind.value.arguments }];
    case "toolOutput":
      return outputBlocks(kind.value, calls.toolOf(kind.value.callId));
    case "reasoning":
      return [{ shape: "text", label: "thinks", part: "faint", text: reasoningText(kind.value), textPart: "faint" }];
    case undefined:
      return [{ shape: "text", label: "unknown", part: "faint", text: "an item of a newer kind", textPart: "faint" }];
    default:
      return kind satisfies never;
  }
}

interface Speaker {
  readonly label: string;
  readonly part: Part;
}

const SPEAKERS: Readonly<Record<number, Speaker>> = {
  [Role.UNSPECIFIED]: { label: "?", part: "faint" },
  [Role.USER]: { label: "user", part: "user" },
  [Role.ASSISTANT]: { label: "assistant", part: "assistant" },
  [Role.SYSTEM]: { label: "system", part: "system" },
} satisfies Record<Role, Speaker>;

/** Roles of a newer contract. */
const SOMEBODY: Speaker = { label: "?", part: "faint" };

function messageBlock({ role, content }: Message): Block {
  const speaker = SPEAKERS[role] ?? SOMEBODY;
  const text = content.map((part) => part.kind.value ?? "").join("");
  const isRefusal = content.some((part) => part.kind.case === "refusal");
  return { shape: "text", ...speaker, text, ...(isRefusal && { lead: { text: "refuses:", part: "bad" } }) };
}

/** The line for people, and below it the whole output where there is more. */
function outputBlocks({ summary, content, isError }: ToolOutput, tool: string | undefined): Block[] {
  const lead = tool === undefined ? {} : { lead: { text: tool, part: "faint" } as const };
  const label = isError ? "└ failed" : "└ gave";
  const first: Block = { shape: "text", label, part: isError ? "bad" : "tool", ...lead, text: summary };
  return content === undefined || content === summary ? [first] : [first, { shape: "text", label: "", part: "tool", text: content }];
}

function reasoningText({ text, summary, encryptedContent }: Reasoning): string {
  const words = text === "" ? summary.join("\n") : text;
  return words === "" && encryptedContent !== undefined ? "(encrypted)" : words;
}
