import { JSON_NESTING_MAX } from "../model/limits.js";
/** One JSON value, nothing of it lost: numbers are texts, objects keep order and repeated keys. */
export type Json = null | boolean | string | JsonNumber | JsonObject | readonly Json[];

/** A number as it was written. */
export class JsonNumber {
  constructor(readonly text: string) {}
}

/** An object with its members in order, repeated keys included. */
export class JsonObject {
  constructor(readonly members: readonly JsonMember[]) {}
}

/** One member of an object; its value's text stands at `from` up to `to` (exclusive) of the source. */
export interface JsonMember {
  readonly key: string;
  readonly value: Json;
  readonly from: number;
  readonly to: number;
}

/** A text that is not JSON as the seed's reader takes it. The message names the place, never the text. */
export class JsonError extends Error {
  override readonly name = "JsonError";
}

/** The seed's reader gives up at the 128th array or object within one another: the line itself, and JSON_NESTING_MAX in it. */
const DEPTH_MAX = JSON_NESTING_MAX + 1;

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Reads one JSON value as the seed's reader does: strictly, without lone surrogates, numbers too large
 * for a float or more than 127 levels.
 *
 * @throws JsonError
 */
export function readJson(text: string): Json {
  return new JsonReader(text).document();
}

class JsonReader {
  private at = 0;
  private depth = 0;

  constructor(private readonly text: string) {}

  document(): Json {
    const value = this.value();
    this.skipSpace();
    if (this.at < this.text.length) this.fail("more behind the end");
    return value;
  }

  private value(): Json {
    this.skipSpace();
    switch (this.text[this.at]) {
      case "{":
        return new JsonObject(this.nested("}", () => this.member()));
      case "[":
        return this.nested("]", () => this.value());
      case '"':
        return this.string();
      case "t":
        return this.word("true", true);
      case "f":
        return this.word("false", false);
      case "n":
        return this.word("null", null);
      default:
        return this.number();
    }
  }

  /** What stands in brackets, separated by commas. */
  private nested<Element>(close: string, element: () => Element): Element[] {
    if (++this.depth > DEPTH_MAX) this.fail(`nested deeper than ${DEPTH_MAX}`);
    this.at++;
    const elements: Element[] = [];
    for (this.skipSpace(); this.text[this.at] !== close || elements.length > 0; this.at++) {
      elements.push(element());
      this.skipSpace();
      if (this.text[this.at] === close) break;
      if (this.text[this.at] !== ",") this.fail("expected a comma or the end");
    }
    this.at++;
    this.depth--;
    return elements;
  }

  private member(): JsonMember {
    this.skipSpace();
    if (this.text[this.at] !== '"') this.fail("expected a key");
    const key = this.string();
    this.skipSpace();
    if (this.text[this.at] !== ":") this.fail("expected a colon");
    this.at++;
    this.skipSpace();
    const from = this.at;
    const value = this.value();
    return { key, value, from, to: this.at };
  }

  private string(): string {
    const end = this.endOfString();
    const token = this.text.slice(this.at, end);
    const read = this.unquoted(token);
    // Only an escape can write half a pair: the text itself was UTF-8.
    if (token.includes("\\u") && LONE_SURROGATE.test(read)) this.fail("lone surrogate in a string");
    this.at = end;
    return read;
  }

  private endOfString(): number {
    for (let quote = this.text.indexOf('"', this.at + 1); quote > 0; quote = this.text.indexOf('"', quote + 1)) {
      let backslashes = 0;
      while (this.text[quote - 1 - backslashes] === "\\") backslashes++;
      if (backslashes % 2 === 0) return quote + 1;
    }
    return this.fail("string without end");
  }

  /** Strings are the one part that the language's own parser reads as the seed's does, save for surrogates. */
  private unquoted(token: string): string {
    try {
      return String(JSON.parse(token));
    } catch {
      return this.fail("malformed string");
    }
  }

  private number(): JsonNumber {
    const digits = this.match(NUMBER) ?? this.fail("expected a value");
    if (!Number.isFinite(Number(digits))) this.fail("number out of range");
    return new JsonNumber(digits);
  }

  private word<Value>(word: string, value: Value): Value {
    if (!this.text.startsWith(word, this.at)) this.fail("expected a value");
    this.at += word.length;
    return value;
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private skipSpace(): void {
    while (" \t\n\r".includes(this.text[this.at] ?? "x")) this.at++;
  }

  private fail(problem: string): never {
    throw new JsonError(`not JSON at character ${this.at + 1}: ${problem}`);
  }
}
