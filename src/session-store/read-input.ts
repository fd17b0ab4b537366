import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { type InputPiece, InputPieceSchema } from "../../gen/seglog/v1/entry_pb.js";
import type { JsonMember } from "./json.js";
import { type Place, required, type Shape, string, tagged, u32, variant } from "./shape.js";

/** One piece of a submission; the JSONL form calls it a segment. */
export const inputPiece: Shape<InputPiece> = tagged(
  {
    text: variant({ content: required(string) }, ({ content }) => piece({ case: "text", value: content })),
    paste: variant({ id: required(u32), chars: required(u32), lines: required(u32), content: required(string) }, (paste) =>
      piece({ case: "paste", value: paste }),
    ),
    file_ref: variant({ path: required(string) }, ({ path }) => piece({ case: "fileRef", value: path })),
    knowledge_ref: variant({ slug: required(string) }, ({ slug }) => piece({ case: "knowledgeRef", value: slug })),
    workflow_invoke: variant({ slug: required(string) }, ({ slug }) => piece({ case: "workflowInvoke", value: slug })),
    unknown: unknownPiece,
  },
  (_members, place) => {
    place.notes.push(`${place.path} is a piece of an unknown kind: kept as unknown, without its data`);
    return unknownPiece([], { ...place, notes: [] });
  },
);

/** What the seed writes for a piece that it did not know. Anything beside its kind is lost. */
function unknownPiece(members: readonly JsonMember[], { path, notes }: Place): InputPiece {
  if (members.length > 0) notes.push(`${path} is an unknown piece: its data was dropped`);
  return create(InputPieceSchema);
}

function piece(kind: NonNullable<MessageInitShape<typeof InputPieceSchema>["kind"]>): InputPiece {
  return create(InputPieceSchema, { kind });
}
