// The page of the settings, from the table that drives flags, environment and file.
import { readFileSync } from "node:fs";
import { CONFIG_FILE, LIMIT_SETTINGS, QUOTA_SETTINGS, SETTINGS } from "../../dist/src/daemon/config/settings.js";
import { CLIENT_ENVIRONMENT } from "./client-environment.js";
import { exampleFile } from "./example-file.js";
import { block, code, escaped, page, table } from "./markdown.js";

const LIMITS_PAGE = "docs/limits.md";

/** Settings that are no limits, by what they are about; a new one must be put into one of these. */
const GROUPS = [
  { title: "The store", names: ["data", "mapSize", "unsafeAllowFs"] },
  {
    title: "Where it listens, and who may do what there",
    names: ["socket", "socketMode", "socketGroup", "socketRole", "socketTokens", "listen", "connectionsPerUserMax"],
  },
  { title: "The log", names: ["logFormat", "logLevel"] },
];

const INTRO = `# Configuration

\`seglog serve\` needs no settings. Each one can be given in four places, and the first of them that has it wins:

1. the flag;
2. the environment variable, where it is not empty;
3. the key of the file: ${code(CONFIG_FILE.flag)}, else ${code(CONFIG_FILE.env)}, else
   ${CONFIG_FILE.defaultText.replace(/[$/]\S+\.toml/g, code)};
4. the default.

\`seglog config\` prints each value and where it came from, without starting anything; it takes the same flags. A key or a value
that is none ends \`serve\` with exit code 2, and it says what was wanted. Variables that are no settings are passed over.

- A size is in bytes, or has its unit: ${["B", "KiB", "MiB", "GiB", "TiB"].map(code).join(", ")}. In the file, one with a unit stands in quotes.
- A time always has its unit: ${["ms", "s", "m", "h", "d"].map(code).join(", ")}. In the file it stands in quotes.
- A relative path starts from the current folder, in the file from the file's folder.
- An entry must fit into a request with 1KiB to spare, and a request into the bytes of writes in flight.`;

const CLIENT_INTRO = `## What the other commands go by

Commands that talk to a daemon read no file. Their flags win over these variables.`;

const AFTERWORD = `What happens above each limit, and which of them are fixed, is in [Limits](limits.md); sockets, roles, tokens and TLS are in
[Access](access.md), the quotas of single namespaces in [Namespaces](namespaces.md).`;

/** The page. */
export function configurationPage() {
  const groups = [...GROUPS, ...limitGroups(), { title: "What each namespace may have", names: namesOf(QUOTA_SETTINGS) }];
  checkComplete(groups);
  return page("npm run docs", [
    INTRO,
    ...groups.flatMap(({ title, names }) => [`## ${title}`, settingTable(names.map((name) => settingOf(name)))]),
    AFTERWORD,
    "## A whole file",
    "Everything that can stand in it. What begins with `#` and no blank is what holds anyway, or an example where nothing does.",
    block("toml", exampleFile(groups.map(({ title, names }) => ({ title, settings: names.map(settingOf) })))),
    CLIENT_INTRO,
    table(["variable", "what it says"], CLIENT_ENVIRONMENT),
  ]);
}

function settingTable(settings) {
  const rows = settings.map(({ flag, env, tomlKey, defaultText, kind, description }) => [
    [flag, env, tomlKey].map(code).join("<br>"),
    defaultText,
    escaped(kind.wanted.replace(/, such as .*/, "")),
    escaped(description),
  ]);
  return table(["flag, variable, key", "default", "value", "what it says"], rows);
}

/** The limits in the groups of their own page, which names each of them. */
function limitGroups() {
  const [, ...sections] = readFileSync(LIMITS_PAGE, "utf8").split(/^## /m);
  const groups = sections.map((section) => ({
    title: section.slice(0, section.indexOf("\n")),
    names: namesOf(LIMIT_SETTINGS).filter((name) => section.includes(`| \`${settingOf(name).flag}\` |`)),
  }));
  return groups.filter(({ names }) => names.length > 0);
}

function namesOf(settings) {
  return Object.values(settings).map(({ name }) => name);
}

function settingOf(name) {
  return Object.values(SETTINGS).find((setting) => setting.name === name);
}

function checkComplete(groups) {
  const shown = groups.flatMap(({ names }) => names);
  const missing = namesOf(SETTINGS).filter((name) => !shown.includes(name));
  if (missing.length > 0) throw new Error(`no group has ${missing.join(", ")}; a limit belongs into ${LIMITS_PAGE}, others into GROUPS`);
}
