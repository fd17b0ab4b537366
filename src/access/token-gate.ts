import { lesserRole, type Role } from "../model/caller.js";
import { callerWithoutToken, type Gate, type Grant } from "./gate.js";
import type { LiveToken } from "./live-token.js";
import { badToken, type TokenBook } from "./token-book.js";

/** Whether callers on a socket send tokens: they must, they may, or what they send is passed over. */
export const TOKEN_RULES = ["required", "optional", "off"] as const;

export type TokenRule = (typeof TOKEN_RULES)[number];

/**
 * The gate of one connection, which knows callers by their tokens. A token never gives more than the socket's role.
 *
 * A client sends the same header with every call: it is looked into once.
 */
export class TokenGate implements Gate {
  readonly #role: Role;
  readonly #book: TokenBook;
  readonly #withoutToken: Grant | undefined;
  #known: { readonly header: string; readonly token: LiveToken; readonly grant: Grant } | undefined;

  constructor({ role, rule, book }: { readonly role: Role; readonly rule: Exclude<TokenRule, "off">; readonly book: TokenBook }) {
    this.#role = role;
    this.#book = book;
    this.#withoutToken = rule === "required" ? undefined : { caller: callerWithoutToken(role) };
  }

  checkPeer(): void {}

  grant(authorization: string | undefined): Grant {
    if (authorization === undefined) {
      if (this.#withoutToken === undefined) throw badToken("is missing; this address wants authorization: Bearer seglog_…");
      return this.#withoutToken;
    }
    if (this.#known?.header !== authorization || this.#known.token.isEnded) this.#known = this.#lookInto(authorization);
    return this.#known.grant;
  }

  #lookInto(header: string) {
    const token = this.#book.tokenIn(header);
    const { role, namespace } = token.record;
    const caller = { role: lesserRole(this.#role, role), namespace, seesAll: false };
    return { header, token, grant: { caller, onEnd: token.onEnd } };
  }
}
