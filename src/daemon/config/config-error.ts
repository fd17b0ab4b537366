/** A setting has a value that it cannot have, or there is no such setting. The message says which, where, and what was wanted. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}
