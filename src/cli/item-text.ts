import { type Item, Role } from "../../gen/seglog/v1/entry_pb.js";

const ROLE_TEXTS = {
  [Role.UNSPECIFIED]: "?",
  [Role.USER]: "user",
  [Role.ASSISTANT]: "assistant",
  [Role.SYSTEM]: "system",
} as const satisfies Record<Role, string>;

/** An item of a conversation as people read it: who speaks, and what. */
export function itemText(item: Item | undefined): string {
  const kind = item?.kind;
  switch (kind?.case) {
    case "message":
      return `${ROLE_TEXTS[kind.value.role] ?? "?"}: ${kind.value.content.map((part) => part.kind.value ?? "").join("")}`;
    case "toolCall":
      return `calls ${kind.value.name} ${kind.value.arguments}`;
    case "toolOutput":
      return `${kind.value.isError ? "tool failed" : "tool gave"}: ${kind.value.summary}`;
    case "reasoning":
      return `thinks: ${kind.value.text}`;
    case undefined:
      return "an item of an unknown kind";
    default:
      return kind satisfies never;
  }
}
