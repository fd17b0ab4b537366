import type { InputPiece } from "../../../gen/seglog/v1/entry_pb.js";

/** The text of a submission as the model sees it: its pieces, with nothing between them. */
export function flattenInput(pieces: readonly InputPiece[]): string {
  return pieces.map(flattenPiece).join("");
}

function flattenPiece({ kind }: InputPiece): string {
  switch (kind.case) {
    case "text":
      return kind.value;
    case "paste":
      return kind.value.content;
    case "fileRef":
      return `@${kind.value}`;
    case "knowledgeRef":
      return `#${kind.value}`;
    case "workflowInvoke":
      return `/${kind.value}`;
    case undefined:
      return "[unknown input segment]";
    default:
      return kind satisfies never;
  }
}
