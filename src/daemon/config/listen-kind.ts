import type { ListenEntry } from "./listen-entry.js";
import { formatListenEntry, parseListenEntry } from "./listen-text.js";
import type { SettingKind } from "./setting.js";

/** Stands between entries where several are in one text. */
export const ENTRY_SEPARATOR = ";";

/** A text of entries that say where else the daemon listens. */
export const LISTEN_KIND: SettingKind<readonly ListenEntry[]> = {
  placeholder: "<entry>",
  wanted:
    "entries such as unix:/run/seglog/read.sock,role=read,mode=0660,group=obs or tcp:127.0.0.1:7443,role=append, with ; between several",
  takesTomlInteger: false,
  isRepeatable: true,
  parse: (text, folder) => {
    const parts = text.split(ENTRY_SEPARATOR).map((part) => part.trim());
    return parts.filter((part) => part !== "").map((part) => parseListenEntry(part, folder));
  },
  format: (entries) => entries.map(formatListenEntry).join(`${ENTRY_SEPARATOR} `),
};
