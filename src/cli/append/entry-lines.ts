import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { type Entry, EntrySchema } from "../../../gen/seglog/v1/entry_pb.js";
import { type Json, JsonError, JsonNumber, JsonObject, readJson } from "../../session-store/json.js";
import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";

/**
 * Reads one entry in the JSON form of protobuf, such as `{"turnEnd":{"turnCount":"3"}}`.
 *
 * @param line for the message; counts from 1
 * @throws CommandError where it is none; says where, and no value that stands there
 */
export function entryOfJson(text: string, line: number): Entry {
  let entry: Entry;
  try {
    entry = fromJson(EntrySchema, protobufJson(readJson(text)));
  } catch (error) {
    throw refusal(line, error instanceof JsonError ? `is ${error.message}` : `is no entry: ${problemOf(error)}`, error);
  }
  if (entry.kind.case === undefined)
    throw refusal(line, 'has no kind; wanted an entry such as {"userInput":{"pieces":[{"text":"hello"}]}}');
  return entry;
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

function refusal(line: number, what: string, cause?: unknown): CommandError {
  return new CommandError(EXIT.usage, `line ${line} of standard input ${what}`, cause);
}
