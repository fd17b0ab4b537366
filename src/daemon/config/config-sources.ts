import type { Environment } from "./setting.js";

/** Where a configuration is taken from. */
export interface ConfigSources {
  /** Values of flags, as they were typed, by the names of settings and `config`. Other keys are passed over. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** Variables that are no settings are passed over: Kubernetes sets SEGLOG_PORT and others for a service of that name. */
  readonly env: Environment;
  /** What relative paths of flags and environment start from. */
  readonly cwd: string;
  /** The text of a file; undefined where there is none. */
  readonly readFile: (path: string) => string | undefined;
}
