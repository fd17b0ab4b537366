import { ConfigError } from "./config-error.js";
import { ENTRY_SEPARATOR } from "./listen-kind.js";

/** Stands between the values of one option, such as several user ids. */
const VALUE_SEPARATOR = "+";

/**
 * `[[listen]]` tables as the text that flag and environment have: `address`, then the other keys as options.
 *
 * @param where the key and the file, as a person would say it
 * @throws ConfigError
 */
export function listenTablesText(tables: readonly unknown[], where: string): string {
  return tables.map((table) => tableText(table, where)).join(ENTRY_SEPARATOR);
}

function tableText(table: unknown, where: string): string {
  if (typeof table !== "object" || table === null || Array.isArray(table)) throw new ConfigError(`${where} is an array; wanted tables`);
  const { address, ...options } = table as Record<string, unknown>; // any value is checked below
  if (address === undefined) throw new ConfigError(`${where} has no address; wanted one such as "unix:/run/seglog/read.sock"`);
  const texts = Object.entries(options).map(([key, value]) => `${key.replaceAll("_", "-")}=${valueText(value, key, where)}`);
  return [valueText(address, "address", where), ...texts].join(",");
}

function valueText(value: unknown, key: string, where: string): string {
  if (Array.isArray(value)) return value.map((one) => valueText(one, key, where)).join(VALUE_SEPARATOR);
  const text = typeof value === "string" || Number.isSafeInteger(value) ? String(value) : undefined;
  if (text !== undefined && !/[,;]/.test(text)) return text;
  throw new ConfigError(`${key} of ${where} is ${JSON.stringify(value)}; wanted text without , and ; or a whole number`);
}
