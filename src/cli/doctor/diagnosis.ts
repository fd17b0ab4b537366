import type { DaemonConfig } from "../../daemon/config/load-config.js";

/** What one look of the doctor came to. */
export interface Diagnosis {
  readonly verdict: "ok" | "warn" | "fail";
  /** What was found, and where it is not well, what to do: one line. */
  readonly says: string;
}

/** One thing that the doctor looks at; it changes nothing. */
export type Examination = (config: DaemonConfig) => Diagnosis | Promise<Diagnosis>;

/** All is well. */
export function ok(says: string): Diagnosis {
  return { verdict: "ok", says };
}

/** It runs, and somebody should know. */
export function warn(says: string): Diagnosis {
  return { verdict: "warn", says };
}

/** A daemon would not start like that, or not keep its promises. */
export function fail(says: string): Diagnosis {
  return { verdict: "fail", says };
}
