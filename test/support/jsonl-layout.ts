import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A session's id, and a segment's, for logs that tests write. */
export const SESSION = "01960000-0000-7000-8000-0000000000aa";
export const SEGMENT = "01960000-1000-7000-8000-0000000000bb";

/** Options of a model request as the layout writes them. */
const CONFIG = { max_tokens: null, temperature: null, top_p: null, top_k: null, stop_sequences: [], reasoning: null };

/** The first line of a log. */
export function startLine(members: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    kind: "segment_start",
    ts: 1,
    session_id: SESSION,
    system_prompt: null,
    config: CONFIG,
    history: [],
    ...members,
  });
}

/** A line that ends a turn. */
export function turnEndLine(turnCount: number): string {
  return JSON.stringify({ kind: "turn_end", ts: 2, turn_count: turnCount });
}

/** A message of a user as an item of a history. */
export function messageItem(text: string): object {
  return { kind: "message", role: "user", content: [{ kind: "text", text }] };
}

/** Which file of a layout to write. */
export interface LayoutPlace {
  readonly session?: string;
  readonly segment?: string;
  readonly suffix?: string;
}

/** Writes a file of the layout and gives its path. */
export function writeLayoutFile(folder: string, content: string | Uint8Array, place: LayoutPlace = {}): string {
  const { session = SESSION, segment = SEGMENT, suffix = ".jsonl" } = place;
  mkdirSync(join(folder, session), { recursive: true });
  const path = join(folder, session, segment + suffix);
  writeFileSync(path, content);
  return path;
}

/** Every file below a folder, by its path from there. */
export function filesBelow(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    paths
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, "utf8")]),
  );
}
