import type { InputPiece } from "../../gen/seglog/v1/entry_pb.js";
import { objectText, stringText } from "./json-text.js";

/** One piece of a submission; the JSONL form calls it a segment. */
export function pieceText({ kind }: InputPiece): string {
  switch (kind.case) {
    case "text":
      return objectText({ kind: '"text"', content: stringText(kind.value) });
    case "paste": {
      const { id, chars, lines, content } = kind.value;
      return objectText({
        kind: '"paste"',
        id: String(id),
        chars: String(chars),
        lines: String(lines),
        content: stringText(content),
      });
    }
    case "fileRef":
      return objectText({ kind: '"file_ref"', path: stringText(kind.value) });
    case "knowledgeRef":
      return objectText({ kind: '"knowledge_ref"', slug: stringText(kind.value) });
    case "workflowInvoke":
      return objectText({ kind: '"workflow_invoke"', slug: stringText(kind.value) });
    case undefined:
      return '{"kind":"unknown"}';
    default:
      return kind satisfies never;
  }
}
