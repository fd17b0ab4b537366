import { TOKEN_RULES } from "../../access/token-gate.js";
import { ROLES } from "../../model/caller.js";
import type { ListenEntry, UnixListenEntry } from "./listen-entry.js";
import { nearestName } from "./nearest-name.js";
import type { SettingKind } from "./setting.js";
import { choiceKind, MODE_KIND, PATH_KIND, WORD_KIND } from "./setting-kinds.js";
import { SettingTextError } from "./setting-text-error.js";

const ROLE_KIND = choiceKind(ROLES);

const TOKENS_KIND = choiceKind(TOKEN_RULES);

const UNIX_OPTIONS = ["role", "tokens", "mode", "group"] as const;

/**
 * Reads an entry such as `unix:/run/seglog/read.sock,role=read,mode=0660,group=obs`.
 *
 * @param folder what a relative path starts from
 * @throws SettingTextError
 */
export function parseListenEntry(text: string, folder: string): ListenEntry {
  const [address = "", ...told] = text.split(",").map((part) => part.trim());
  const [transport, place] = split(address, ":");
  switch (transport) {
    case "unix":
      return unixEntry(place, new Options(address, UNIX_OPTIONS, told), folder);
    default:
      throw new SettingTextError(`has ${JSON.stringify(address)}; wanted unix:PATH`);
  }
}

/** The entry as `parseListenEntry` would read it. */
export function formatListenEntry(entry: ListenEntry): string {
  const { path, role, tokens, mode, group } = entry;
  const options = { role, tokens, mode: MODE_KIND.format(mode), group };
  const told = Object.entries(options).flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]));
  return [`unix:${path}`, ...told].join(",");
}

function unixEntry(place: string, options: Options, folder: string): UnixListenEntry {
  const path = PATH_KIND.parse(place, folder);
  if (path === undefined) throw new SettingTextError('has "unix:" without a path; wanted unix:PATH');
  return {
    transport: "unix",
    path,
    role: options.need("role", ROLE_KIND),
    tokens: options.read("tokens", TOKENS_KIND) ?? "optional",
    mode: options.read("mode", MODE_KIND) ?? 0o600,
    group: options.read("group", WORD_KIND),
  };
}

/** What stands behind the address of an entry: `key=value`, each key once. */
class Options {
  readonly #address: string;
  readonly #values = new Map<string, string>();

  constructor(address: string, known: readonly string[], told: readonly string[]) {
    this.#address = address;
    for (const option of told) {
      const [key, value] = split(option, "=");
      if (!known.includes(key)) throw unknownOption(address, key, known);
      if (this.#values.has(key)) throw new SettingTextError(`has ${key} twice for ${address}; wanted it once`);
      this.#values.set(key, value);
    }
  }

  read<Value>(key: string, kind: SettingKind<Value>): Value | undefined {
    const text = this.#values.get(key);
    if (text === undefined) return undefined;
    const value = kind.parse(text, "");
    if (value === undefined) throw new SettingTextError(`has ${key}=${text} for ${this.#address}; wanted ${kind.wanted}`);
    return value;
  }

  need<Value>(key: string, kind: SettingKind<Value>): Value {
    const value = this.read(key, kind);
    if (value === undefined) throw new SettingTextError(`has no ${key} for ${this.#address}; wanted ${kind.wanted}`);
    return value;
  }
}

function unknownOption(address: string, key: string, known: readonly string[]): SettingTextError {
  const nearest = nearestName(key, known);
  const hint = nearest === undefined ? `the options are ${known.join(", ")}` : `did you mean ${nearest}?`;
  return new SettingTextError(`has ${JSON.stringify(key)} for ${address}, which is no option of it; ${hint}`);
}

function split(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
