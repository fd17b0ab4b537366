import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type CreateTokenRequest, CreateTokenRequestSchema, CreateTokenResponseSchema } from "../../../gen/seglog/v1/admin_service_pb.js";
import type { NewToken } from "../../access/token-book.js";
import { DEFAULT_NAMESPACE } from "../../model/caller.js";
import { invalidField } from "../../model/errors.js";
import { TOKEN_NAME_CHARS_MAX } from "../../model/limits.js";
import { parseNamespace } from "../../model/namespace.js";
import { decodeRequest } from "../../model/wire/decode-request.js";
import { encode } from "../encode.js";
import type { AdminDeps } from "./admin-deps.js";
import { roleOf, tokenMessage } from "./token-message.js";

/** Creates a token. Its secret is in the answer and nowhere else. */
export async function createToken(deps: AdminDeps, bytes: Uint8Array): Promise<Uint8Array> {
  const wanted = wantedToken(decodeRequest(CreateTokenRequestSchema, bytes), deps.nowMs());
  const { token, text } = await deps.tokens.create(wanted);
  deps.onTokenChange("created", token);
  return encode(CreateTokenResponseSchema, { token: tokenMessage(token), secret: text });
}

function wantedToken(request: CreateTokenRequest, nowMs: number): NewToken {
  const role = roleOf(request.role);
  if (role === undefined) throw invalidField("role", "is left unspecified");
  const { name, namespaceId = DEFAULT_NAMESPACE, expireTime } = request;
  if (name.length > TOKEN_NAME_CHARS_MAX) {
    throw invalidField("name", `has ${name.length} characters, wanted at most ${TOKEN_NAME_CHARS_MAX}`);
  }
  const expireMs = expireTime === undefined ? undefined : timestampMs(expireTime);
  if (expireMs !== undefined && expireMs <= nowMs) throw invalidField("expire_time", "is over already");
  return { role, namespace: parseNamespace(namespaceId, "namespace_id"), name, expireMs };
}
