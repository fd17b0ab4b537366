import { RevokeTokenRequestSchema, RevokeTokenResponseSchema } from "../../../gen/seglog/v1/admin_service_pb.js";
import { parseTokenId } from "../../model/id.js";
import { decodeRequest } from "../../model/wire/decode-request.js";
import { encode } from "../encode.js";
import type { AdminDeps } from "./admin-deps.js";
import { tokenMessage } from "./token-message.js";

/** Takes a token back, and ends what its callers have open. */
export async function revokeToken(deps: AdminDeps, bytes: Uint8Array): Promise<Uint8Array> {
  const request = decodeRequest(RevokeTokenRequestSchema, bytes);
  const token = await deps.tokens.revoke(parseTokenId(request.tokenId));
  deps.onTokenChange("revoked", token);
  return encode(RevokeTokenResponseSchema, { token: tokenMessage(token) });
}
