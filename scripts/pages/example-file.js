// A configuration file with everything in it that can stand there.

/** What stands there for settings that have no fixed default. */
const EXAMPLES = {
  data: "/var/lib/seglog",
  socket: "/run/seglog/seglog.sock",
  socketGroup: "agents",
  unsafeAllowFs: "fuse",
  connectionsPerUserMax: "256",
  namespaceSessionsMax: "10000",
  namespaceBytesMax: "20GiB",
  namespaceTailsMax: "200",
  namespaceEntriesPerSecondMax: "5000",
};

/** Tables that may be repeated, or have a name of one's own. */
const TABLES = `# Where else to listen; as many of these as there are places
#[[listen]]
#address = "unix:/run/seglog/read.sock"
#role = "read"
#mode = "0660"
#group = "observers"

# Quotas of one namespace, instead of those of all
#[namespaces.team-a]
#sessions_max = 100
#entries_per_second_max = 50000`;

/** The file, group by group; keys of the top level stand first, as TOML has it. */
export function exampleFile(groups) {
  const inGroups = groups.map(({ title, settings }) => ({ title, settings: settings.filter(({ name }) => name !== "listen") }));
  const top = inGroups.flatMap((group) => linesOf(group, ({ tomlKey }) => !tomlKey.includes(".")));
  const limits = inGroups.flatMap((group) => linesOf(group, ({ tomlKey }) => tomlKey.startsWith("limits.")));
  return [...top, "[limits]", "", ...limits, TABLES].join("\n");
}

function linesOf({ title, settings }, isHere) {
  const here = settings.filter(isHere);
  return here.length === 0 ? [] : [`## ${title}`, "", ...here.flatMap(settingLines)];
}

function settingLines(setting) {
  const isChosen = ["data", "socket"].includes(setting.name);
  return [`# ${setting.description}`, `${isChosen ? "" : "#"}${setting.tomlKey.split(".").at(-1)} = ${tomlValueOf(setting)}`, ""];
}

function tomlValueOf({ name, defaultText, kind, tomlKey }) {
  const text = EXAMPLES[name] ?? defaultText;
  if (kind.parse(text, "/") === undefined) throw new Error(`${tomlKey} has no default that a file could show; EXAMPLES needs one for it`);
  return kind.takesTomlInteger && /^\d+$/.test(text) ? text : JSON.stringify(text);
}
