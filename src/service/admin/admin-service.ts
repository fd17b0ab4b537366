import { backup } from "./backup.js";
import { createToken } from "./create-token.js";
import { listTokens } from "./list-tokens.js";
import { revokeToken } from "./revoke-token.js";

/** The use cases behind AdminService, by the name of their method. */
export const adminService = { backup, createToken, listTokens, revokeToken } as const;
