import { type DescMessage, type MessageShape, toJson } from "@bufbuild/protobuf";
import { escapeControls } from "../daemon/escape-controls.js";

/** A value as one line of JSON that a terminal can show. */
export function jsonLine(value: unknown): string {
  return escapeControls(JSON.stringify(value));
}

/** A message in the JSON form of protobuf, with its keys there even where their values are the default. */
export function messageJson<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): unknown {
  return toJson(schema, message, { alwaysEmitImplicit: true });
}

/** A message as one line of JSON. */
export function messageLine<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): string {
  return jsonLine(messageJson(schema, message));
}
