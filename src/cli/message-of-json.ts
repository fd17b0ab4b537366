import { type DescMessage, fromJson, type JsonValue, type MessageShape } from "@bufbuild/protobuf";
import { type Json, JsonError, JsonNumber, JsonObject, readJson } from "../session-store/json.js";
import { CommandError } from "./command-error.js";
import { EXIT } from "./exit-code.js";

/** What is read, for messages about it. */
export interface JsonSource {
  /** A noun, such as `entry`. */
  readonly what: string;
  /** Such as `line 3 of standard input`. */
  readonly where: string;
  /** The command that prints such, for who needs to see the form. */
  readonly shownBy: string;
}

/**
 * Reads a message in the JSON form of protobuf.
 *
 * @throws CommandError where it is none; says where, and no value that stands there
 */
export function messageOfJson<Desc extends DescMessage>(schema: Desc, text: string, source: JsonSource): MessageShape<Desc> {
  return messageOfValue(schema, jsonOfText(text, source), source);
}

/**
 * Reads JSON, numbers as they are written.
 *
 * @throws CommandError
 */
export function jsonOfText(text: string, { where, shownBy }: JsonSource): Json {
  try {
    return readJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new CommandError(EXIT.usage, `${where} is ${error.message}`, error, [formAdvice(shownBy)]);
  }
}

/** messageOfJson for JSON that has been read. */
export function messageOfValue<Desc extends DescMessage>(
  schema: Desc,
  json: Json,
  { what, where, shownBy }: JsonSource,
): MessageShape<Desc> {
  try {
    return fromJson(schema, protobufJson(json));
  } catch (error) {
    throw new CommandError(EXIT.usage, `${where} is no ${what}: ${problemOf(error)}`, error, [formAdvice(shownBy)]);
  }
}

function formAdvice(shownBy: string): string {
  return `mend it; its form is that of what this prints: ${shownBy}`;
}

/** Integers beyond 2^53 become texts, which is their other form in protobuf's JSON. */
function protobufJson(json: Json): JsonValue {
  if (json instanceof JsonNumber) return isInexactInteger(json) ? json.text : Number(json.text);
  if (json instanceof JsonObject) return Object.fromEntries(json.members.map(({ key, value }) => [key, protobufJson(value)]));
  if (typeof json === "object" && json !== null) return json.map(protobufJson);
  return json;
}

function isInexactInteger({ text }: JsonNumber): boolean {
  return /^-?\d+$/.test(text) && !Number.isSafeInteger(Number(text));
}

/** What protobuf-es has to say, without the value that it quotes at the end. */
function problemOf(error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  const [problem] =
    /^cannot decode [^:]* from JSON(?:: (?:key "\w{1,64}" is unknown|oneof set multiple times by [\w ]+|expected [^:]+))?/.exec(message) ??
    [];
  return problem ?? "it cannot be read";
}
