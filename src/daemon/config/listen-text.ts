import { isIP } from "node:net";
import { TOKEN_RULES } from "../../access/token-gate.js";
import { ROLES } from "../../model/caller.js";
import { hostOf, isLoopback } from "../../model/loopback.js";
import { EntryOptions, splitAt } from "./entry-options.js";
import { type ListenEntry, placeOf, type TcpListenEntry, type TlsFiles, type UnixListenEntry } from "./listen-entry.js";
import type { SettingKind } from "./setting.js";
import { choiceKind, integerKind, MODE_KIND, PATH_KIND, WORD_KIND } from "./setting-kinds.js";
import { SettingTextError } from "./setting-text-error.js";

const ROLE_KIND = choiceKind(ROLES);
const TOKENS_KIND = choiceKind(TOKEN_RULES);
const PORT_KIND = integerKind({ min: 0, max: 65_535 });

/** Over TCP anybody may connect who gets that far: who it is, only a token tells. */
const TCP_TOKENS_KIND = choiceKind(["required"] as const);

/** Several users or groups: `1000+1001`. */
const WORDS_KIND: SettingKind<readonly string[]> = {
  placeholder: "<names>",
  wanted: "names or numbers, with + between several",
  takesTomlInteger: true,
  parse: (text) => (/^[^\s:+]+(?:\+[^\s:+]+)*$/.test(text) ? text.split("+") : undefined),
  format: (words) => words.join("+"),
};

const UNIX_OPTIONS = ["role", "tokens", "mode", "group", "uids", "gids"] as const;
const TCP_OPTIONS = ["role", "tokens", "tls-cert", "tls-key", "tls-client-ca"] as const;

/**
 * Reads an entry such as `unix:/run/seglog/read.sock,role=read,mode=0660,group=obs` or `tcp:127.0.0.1:7443,role=append`.
 *
 * @param folder what a relative path starts from
 * @throws SettingTextError
 */
export function parseListenEntry(text: string, folder: string): ListenEntry {
  const [address = "", ...told] = text.split(",").map((part) => part.trim());
  const [transport, place] = splitAt(address, ":");
  switch (transport) {
    case "unix":
      return unixEntry(place, new EntryOptions({ address, known: UNIX_OPTIONS, told, folder }), folder);
    case "tcp":
      return tcpEntry(place, new EntryOptions({ address, known: TCP_OPTIONS, told, folder }));
    default:
      throw new SettingTextError(`has ${JSON.stringify(address)}; wanted unix:PATH or tcp:HOST:PORT`);
  }
}

/** The entry as `parseListenEntry` would read it. */
export function formatListenEntry(entry: ListenEntry): string {
  const told = Object.entries(entry.transport === "unix" ? unixTexts(entry) : tcpTexts(entry));
  return [placeOf(entry), ...told.flatMap(([key, value]) => (value === undefined || value === "" ? [] : [`${key}=${value}`]))].join(",");
}

function unixEntry(place: string, options: EntryOptions, folder: string): UnixListenEntry {
  const path = PATH_KIND.parse(place, folder);
  if (path === undefined) throw new SettingTextError('has "unix:" without a path; wanted unix:PATH');
  return {
    transport: "unix",
    path,
    role: options.need("role", ROLE_KIND),
    tokens: options.read("tokens", TOKENS_KIND) ?? "optional",
    mode: options.read("mode", MODE_KIND) ?? 0o600,
    group: options.read("group", WORD_KIND),
    uids: options.read("uids", WORDS_KIND) ?? [],
    gids: options.read("gids", WORDS_KIND) ?? [],
  };
}

function unixTexts({ role, tokens, mode, group, uids, gids }: UnixListenEntry): Readonly<Record<string, string | undefined>> {
  return { role, tokens, mode: MODE_KIND.format(mode), group, uids: WORDS_KIND.format(uids), gids: WORDS_KIND.format(gids) };
}

function tcpEntry(place: string, options: EntryOptions): TcpListenEntry {
  const host = hostOf(place);
  const port = PORT_KIND.parse(place.slice(place.lastIndexOf(":") + 1), "");
  if (port === undefined || (isIP(host) === 0 && host !== "localhost")) {
    throw new SettingTextError(`has "tcp:${place}"; wanted tcp:HOST:PORT, with an IP address or localhost, such as tcp:127.0.0.1:7443`);
  }
  const role = options.need("role", ROLE_KIND);
  options.read("tokens", TCP_TOKENS_KIND);
  const tls = tlsFiles(options);
  if (tls === undefined && !isLoopback(host)) {
    throw new SettingTextError(
      `has no TLS for tcp:${place}, which others can reach; wanted tls-cert, tls-key and tls-client-ca, or an address of loopback`,
    );
  }
  return { transport: "tcp", host, port, role, tls };
}

/** All three or none: TLS without certificates of clients would let anybody try tokens. */
function tlsFiles(options: EntryOptions): TlsFiles | undefined {
  const names = ["tls-cert", "tls-key", "tls-client-ca"] as const;
  if (!names.some((name) => options.has(name))) return undefined;
  const [cert, key, clientCa] = names.map((name) => options.need(name, PATH_KIND)) as [string, string, string]; // one for each name
  return { cert, key, clientCa };
}

function tcpTexts({ role, tls }: TcpListenEntry): Readonly<Record<string, string | undefined>> {
  return { role, "tls-cert": tls?.cert, "tls-key": tls?.key, "tls-client-ca": tls?.clientCa };
}
