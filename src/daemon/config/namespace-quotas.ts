import { isNamespace } from "../../model/namespace.js";
import type { NamespaceQuota, NamespaceQuotas } from "../../model/namespace-quota.js";
import { ConfigError } from "./config-error.js";
import type { OpenedConfigFile } from "./open-config-file.js";
import type { Setting } from "./setting.js";
import { QUOTA_SETTINGS } from "./settings.js";

/*
 * The table `[namespaces.NAME]` of the file has quotas of one namespace, under the names that the settings of all have
 * without their `namespace_`. A name may have dots in it; the key comes last.
 */
const KEY = /^namespaces\.(.+)\.([a-z_]+)$/;

const SETTING_OF_KEY = new Map(Object.values(QUOTA_SETTINGS).map((setting) => [keyOf(setting), setting]));

/** Whether a key of the file is a quota of one namespace. */
export function isNamespaceQuota(key: string): boolean {
  const [, , quota = ""] = KEY.exec(key) ?? [];
  return SETTING_OF_KEY.has(quota);
}

/**
 * The quotas of single namespaces that a file has.
 *
 * @param parse reads the value of a key, as one of a setting
 * @param told is told each that was read, in the order of the file
 * @throws ConfigError where a name is none
 */
export function namespaceQuotas(
  file: OpenedConfigFile | undefined,
  parse: (setting: Setting<number>, tomlKey: string) => number,
  told: (name: string, value: string) => void,
): NamespaceQuotas["byName"] {
  const byName = new Map<string, NamespaceQuota>();
  for (const tomlKey of file?.values.keys() ?? []) {
    const [, namespace = "", quota = ""] = KEY.exec(tomlKey) ?? [];
    const setting = SETTING_OF_KEY.get(quota);
    if (setting === undefined) continue;
    if (!isNamespace(namespace)) {
      throw new ConfigError(`key ${tomlKey} of file ${file?.path} names no namespace; wanted 1 to 64 of a-z, 0-9, ".", "_" and "-"`);
    }
    const value = parse(setting, tomlKey);
    byName.set(namespace, { ...byName.get(namespace), [fieldOf(setting)]: value });
    told(`namespaces.${namespace}.${fieldOf(setting)}`, setting.kind.format(value));
  }
  return byName;
}

function keyOf({ tomlKey }: Setting<number>): string {
  return tomlKey.replace(/^.*namespace_/, "");
}

/** The field of NamespaceQuota that a setting is the default of. */
function fieldOf(setting: Setting<number>): string {
  const [field = ""] = Object.entries(QUOTA_SETTINGS).find(([, each]) => each === setting) ?? [];
  return field;
}
