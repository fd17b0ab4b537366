import type { JsonValue } from "@bufbuild/protobuf";
import type { Answer, Call } from "./world.js";

/** A token of a tail, and the scope of the request that it came of. */
export interface Token {
  readonly token: string;
  readonly scope: object;
}

/** What a namespace's callers have been told in one world: positions and tokens, which differ from world to world. */
export class Memory {
  readonly #heads = new Map<string, bigint>();
  /** Tokens of tails, each with the scope that it is of. */
  readonly tokens: Token[] = [];

  /** Of a tail the last token is kept: how the rest comes in messages is not the same in each world. */
  learn({ messages }: Answer, { method, requests }: Call): void {
    for (const message of messages) this.#learnFrom(message);
    const token = messages.at(-1)?.["resumeToken"];
    const [request] = requests as readonly { readonly scope?: object }[]; // of a tail it has one
    if (method === "tail" && typeof token === "string") this.tokens.push({ token, scope: request?.scope ?? {} });
  }

  /** The head position of a segment that was told last. */
  headPosition(segmentId: string): bigint {
    return this.#heads.get(segmentId) ?? 0n;
  }

  #learnFrom(value: JsonValue): void {
    if (Array.isArray(value)) {
      for (const each of value) this.#learnFrom(each);
      return;
    }
    if (typeof value !== "object" || value === null) return;
    const { segmentId, headPosition } = value;
    if (typeof segmentId === "string" && typeof headPosition === "string") this.#heads.set(segmentId, BigInt(headPosition));
    for (const each of Object.values(value)) this.#learnFrom(each);
  }
}
