import { create } from "@bufbuild/protobuf";
import { type Entry, EntrySchema, type Item, Role } from "../../../gen/seglog/v1/entry_pb.js";

/**
 * The entry that saves one item of a history delta: `tool_result` for a tool's output,
 * `assistant_item` for anything else. Its time is left unset.
 *
 * @returns undefined for a user message, which was logged as a `user_input` when it was submitted
 */
export function entryOfItem(item: Item): Entry | undefined {
  if (isUserMessage(item)) return undefined;
  const kind = item.kind.case === "toolOutput" ? "toolResult" : "assistantItem";
  return create(EntrySchema, { kind: { case: kind, value: { item } } });
}

function isUserMessage({ kind }: Item): boolean {
  return kind.case === "message" && kind.value.role === Role.USER;
}
