import type { Writable } from "node:stream";
import { escapeControls } from "./escape-controls.js";
import { type LoggedError, loggedError } from "./logged-error.js";

/** Forms of log lines; `auto` is text on a terminal and JSON elsewhere. */
export const LOG_FORMATS = ["auto", "json", "text"] as const;

/** Levels, least first. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** Form of log lines. */
export type LogFormat = (typeof LOG_FORMATS)[number];

/** How much a line matters. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Facts that go with a line: ids, counts, times. Never a payload, which is why no bytes and no objects. */
export type LogFields = Readonly<Record<string, string | number | bigint | boolean | undefined>>;

/** Writes log lines. The message is a fixed sentence; what varies goes into the fields. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields, error?: unknown): void;
  error(message: string, fields?: LogFields, error?: unknown): void;
  /** A logger that adds these fields to every line. */
  with(fields: LogFields): Logger;
}

/** What a logger needs. */
export interface LoggerParams {
  readonly format: "json" | "text";
  readonly level: LogLevel;
  /** Takes one line with its line break. */
  readonly write: (line: string) => void;
  readonly now?: () => Date;
}

interface LogLine {
  readonly time: string;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
  readonly error: LoggedError | undefined;
}

/** Longest text of a field, in characters; the rest is left out. */
const FIELD_CHARS_MAX = 1000;

/** A logger that hands its lines to `write`. */
export function createLogger({ format, level, write, now = () => new Date() }: LoggerParams): Logger {
  const render = format === "json" ? jsonLine : textLine;

  function withFields(own: LogFields): Logger {
    const log = (lineLevel: LogLevel, message: string, fields?: LogFields, error?: unknown): void => {
      if (LOG_LEVELS.indexOf(lineLevel) < LOG_LEVELS.indexOf(level)) return;
      const told = error === undefined ? undefined : loggedError(error);
      write(render({ time: now().toISOString(), level: lineLevel, message, fields: { ...own, ...fields }, error: told }));
    };
    return {
      debug: (message, fields) => log("debug", message, fields),
      info: (message, fields) => log("info", message, fields),
      warn: (message, fields, error) => log("warn", message, fields, error),
      error: (message, fields, error) => log("error", message, fields, error),
      with: (fields) => withFields({ ...own, ...fields }),
    };
  }

  return withFields({});
}

/**
 * A logger on a stream, as a rule standard error.
 *
 * A stream whose reader has gone loses the lines; it does not end the daemon.
 */
export function createStreamLogger(params: {
  readonly format: LogFormat;
  readonly level: LogLevel;
  readonly stream: Writable & { readonly isTTY?: boolean };
}): Logger {
  const { format, level, stream } = params;
  stream.on("error", () => undefined);
  return createLogger({
    format: format === "auto" ? (stream.isTTY === true ? "text" : "json") : format,
    level,
    write: (line) => stream.write(line),
  });
}

/** A fixed key wins over a field of the same name. */
function jsonLine({ time, level, message, fields, error }: LogLine): string {
  const head = { time, level, message, ...(error === undefined ? {} : { error }) };
  const line = JSON.stringify({ ...head, ...fields, ...head }, (_, value: unknown) =>
    typeof value === "bigint" ? String(value) : typeof value === "string" ? cut(value) : value,
  );
  return `${escapeControls(line)}\n`;
}

function textLine({ time, level, message, fields, error }: LogLine): string {
  const told = Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${textValue(value)}`]));
  const line = [time, level.toUpperCase().padEnd(5), message, ...told].map((part) => escapeControls(part)).join(" ");
  return [line, ...(error === undefined ? [] : textError(error))].join("\n").concat("\n");
}

function textValue(value: string | number | bigint | boolean): string {
  if (typeof value !== "string") return String(value);
  return /^[\w./:@%+-]+$/.test(value) ? cut(value) : JSON.stringify(cut(value));
}

function textError({ name, code, message, stack, cause }: LoggedError): string[] {
  const code_ = code === undefined ? "" : ` (${code})`;
  const lines = [`${name}${code_}${message === undefined ? "" : `: ${message}`}`, ...(stack ?? []).map((frame) => `  ${frame}`)];
  return [...lines.map((line) => `  ${escapeControls(cut(line))}`), ...(cause === undefined ? [] : ["  caused by", ...textError(cause)])];
}

function cut(text: string): string {
  return text.length <= FIELD_CHARS_MAX ? text : `${text.slice(0, FIELD_CHARS_MAX)}…`;
}
