import { escapeControls } from "../daemon/escape-controls.js";
import { isOnTerminal } from "./output.js";

/** A line of the JSONL form: as it is for a program, with its controls escaped on a terminal. */
export function seedLine(line: string): string {
  return isOnTerminal() ? escapeControls(line) : line;
}
