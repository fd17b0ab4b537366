/** Ends of file names in the JSONL layout: `<session>/<segment>.jsonl` and `<session>/<segment>.trace.jsonl`. */
export const LOG_SUFFIX = ".jsonl";
/** End of a trace's file name; a log's suffix ends it too. */
export const TRACE_SUFFIX = ".trace.jsonl";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A file of the layout. */
export interface LayoutFile {
  /** UUID. */
  readonly id: string;
  readonly kind: "log" | "trace";
}

/** Whether a folder's name is a session: the one form in which the seed's code finds a session's segments again. */
export function isSessionName(name: string): boolean {
  return UUID.test(name);
}

/** Which file of the layout a name stands for; undefined where it is a stray one. */
export function layoutFile(name: string): LayoutFile | undefined {
  const kind = name.endsWith(TRACE_SUFFIX) ? "trace" : "log";
  const suffix = kind === "trace" ? TRACE_SUFFIX : LOG_SUFFIX;
  const id = name.slice(0, -suffix.length);
  return name.endsWith(suffix) && UUID.test(id) ? { id, kind } : undefined;
}
