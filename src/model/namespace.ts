import { type Caller, DEFAULT_NAMESPACE } from "./caller.js";
import { invalidField } from "./errors.js";
import { NAMESPACE_CHARS_MAX } from "./limits.js";

/** What of a store is there for a caller: its namespace, or all of them. New sessions belong to the namespace. */
export type Sight = Pick<Caller, "namespace" | "seesAll">;

/** The sight of who opens a store: all of it. */
export const WHOLE_SIGHT: Sight = { namespace: DEFAULT_NAMESPACE, seesAll: true };

const PATTERN = new RegExp(`^[a-z0-9._-]{1,${NAMESPACE_CHARS_MAX}}$`);

/** Whether what belongs to a namespace is there for a caller. */
export function sees(sight: Sight, namespace: string): boolean {
  return sight.seesAll || sight.namespace === namespace;
}

/** A text that differs for sights that differ in what they see. */
export function sightKey({ seesAll, namespace }: Sight): string {
  return seesAll ? "*" : namespace; // no name has a star
}

/** Whether a text names a namespace: 1 to 64 of a-z, 0-9, `.`, `_` and `-`. */
export function isNamespace(text: string): boolean {
  return PATTERN.test(text);
}

/**
 * Reads the name of a namespace.
 *
 * @throws SeglogError INVALID_FIELD, naming `path`
 */
export function parseNamespace(text: string, path: string): string {
  if (!isNamespace(text)) throw invalidField(path, `is not a namespace: 1 to ${NAMESPACE_CHARS_MAX} of a-z, 0-9, ".", "_" and "-"`);
  return text;
}
