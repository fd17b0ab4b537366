import { ListTokensRequestSchema, ListTokensResponseSchema } from "../../../gen/seglog/v1/admin_service_pb.js";
import { decodeRequest } from "../../model/wire/decode-request.js";
import { encode } from "../encode.js";
import type { AdminDeps } from "./admin-deps.js";
import { tokenMessage } from "./token-message.js";

/** Lists all tokens, without their secrets, which nobody has. */
export async function listTokens(deps: AdminDeps, bytes: Uint8Array): Promise<Uint8Array> {
  decodeRequest(ListTokensRequestSchema, bytes);
  return encode(ListTokensResponseSchema, { tokens: deps.tokens.list().map(tokenMessage) });
}
