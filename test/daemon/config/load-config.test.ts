import { describe, expect, test } from "vitest";
import type { ConfigSources } from "../../../src/daemon/config/config-sources.js";
import { placeOf } from "../../../src/daemon/config/listen-entry.js";
import { loadConfig } from "../../../src/daemon/config/load-config.js";
import { SETTINGS } from "../../../src/daemon/config/settings.js";
import { DEFAULT_LIMITS } from "../../../src/model/limits.js";
import { NO_QUOTAS } from "../../../src/model/namespace-quota.js";

const HOME = { HOME: "/home/ann" };
const FILE = "/home/ann/.config/seglog/seglog.toml";

/** A value of each setting that is not its default, and how the configuration shows it. */
const EXAMPLES = {
  data: ["/srv/log", "/srv/log"],
  socket: ["/srv/s.sock", "/srv/s.sock"],
  socketMode: ["660", "0660"],
  socketGroup: ["pods", "pods"],
  socketRole: ["append", "append"],
  socketTokens: ["required", "required"],
  listen: [
    "unix:/srv/r.sock,role=read,mode=640;unix:/srv/a.sock,group=pods,role=append,tokens=required",
    "unix:/srv/r.sock,role=read,tokens=optional,mode=0640; unix:/srv/a.sock,role=append,tokens=required,mode=0600,group=pods",
  ],
  connectionsPerUserMax: ["12", "12"],
  mapSize: ["2GiB", "2GiB"],
  unsafeAllowFs: ["9p", "9p"],
  logFormat: ["text", "text"],
  logLevel: ["debug", "debug"],
  entryBytesMax: ["2048KiB", "2MiB"],
  requestBytesMax: ["8MiB", "8MiB"],
  appendEntriesMax: ["7", "7"],
  forkDepthMax: ["8", "8"],
  tailsMax: ["9", "9"],
  writesInFlightMax: ["10", "10"],
  writeBytesInFlightMax: ["67108865", "67108865B"],
  slowObserverMs: ["90s", "90s"],
  keptStateBytesMax: ["1MiB", "1MiB"],
  namespaceSessionsMax: ["11", "11"],
  namespaceBytesMax: ["3GiB", "3GiB"],
  namespaceTailsMax: ["12", "12"],
  namespaceEntriesPerSecondMax: ["13", "13"],
  hungCommitMs: ["20s", "20s"],
  connectionsMax: ["11", "11"],
  callsPerConnectionMax: ["12", "12"],
  tailsPerConnectionMax: ["13", "13"],
  headerBytesMax: ["32KiB", "32KiB"],
  headersMax: ["99", "99"],
  resetsMax: ["14", "14"],
  handshakeMs: ["2s", "2s"],
  idleConnectionMs: ["2h", "2h"],
  keepaliveMs: ["2m", "2m"],
  keepaliveTimeoutMs: ["3s", "3s"],
  unaryCallMs: ["4s", "4s"],
  heldBytesPerConnectionMax: ["2MiB", "2MiB"],
  memoryBytesMax: ["2GiB", "2GiB"],
} as const satisfies Record<keyof typeof SETTINGS, readonly [told: string, shown: string]>;

describe.each(Object.entries(EXAMPLES))("the setting %s", (key, [told, shown]) => {
  const setting = SETTINGS[key as keyof typeof SETTINGS]; // EXAMPLES has the same keys

  test("is taken from its flag", () => {
    const flags = { [setting.name]: told };

    const { origins } = load({ flags });

    expect(origins.get(setting.name)).toEqual({ value: shown, origin: `flag ${setting.flag}` });
  });

  test("is taken from its environment variable", () => {
    const env = { [setting.env]: told };

    const { origins } = load({ env });

    expect(origins.get(setting.name)).toEqual({ value: shown, origin: `environment ${setting.env}` });
  });

  test("is taken from its key in the file", () => {
    const files = { [FILE]: `${setting.tomlKey} = "${told}"\n` };

    const { origins } = load({ files });

    expect(origins.get(setting.name)).toEqual({ value: shown, origin: `file ${FILE}` });
  });

  test("has its default where nobody sets it", () => {
    const { origins } = load({});

    expect(origins.get(setting.name)).toMatchObject({ origin: "default" });
    expect(origins.get(setting.name)?.value).not.toBe(shown);
  });
});

test("a flag wins over the environment, that over the file, and that over the default", () => {
  const flags = { tailsMax: "1" };
  const env = { SEGLOG_TAILS_MAX: "2", SEGLOG_FORK_DEPTH_MAX: "3" };
  const files = { [FILE]: "[limits]\ntails_max = 4\nfork_depth_max = 5\nappend_entries_max = 6\n" };

  const { config } = load({ flags, env, files });

  expect(config.limits).toEqual({ ...DEFAULT_LIMITS, tailsMax: 1, forkDepthMax: 3, appendEntriesMax: 6 });
});

test("without anything set, all that the daemon needs is there", () => {
  const { config, origins } = load({});

  expect(config).toEqual({
    dataDir: "/home/ann/.local/state/seglog",
    socketPath: "/home/ann/.local/state/seglog/run/seglog.sock",
    socketMode: 0o600,
    socketGroup: undefined,
    socketRole: "admin",
    socketTokens: "optional",
    listen: [],
    connectionsPerUserMax: undefined,
    mapSizeBytes: 256 * 2 ** 30,
    logFormat: "auto",
    logLevel: "info",
    limits: DEFAULT_LIMITS,
    quotas: NO_QUOTAS,
  });
  expect([...origins.keys()]).toEqual(["config", ...Object.values(SETTINGS).map(({ name }) => name)]);
});

test("a daemon with a data folder of its own listens in there", () => {
  const env = { XDG_RUNTIME_DIR: "/run/user/7" };

  const shared = load({ env });
  const own = load({ env, flags: { data: ".seglog" } });

  expect(shared.config.socketPath).toBe("/run/user/7/seglog/seglog.sock");
  expect(own.config.socketPath).toBe("/here/.seglog/run/seglog.sock");
});

test("further sockets may be tables of the file, or flags given several times; flags replace what the file has", () => {
  const files = {
    [FILE]: '[[listen]]\naddress = "unix:/a"\nrole = "read"\nmode = "0660"\n[[listen]]\naddress = "unix:b"\nrole = "append"\n',
  };

  const told = load({ files });
  const replaced = load({ files, flags: { listen: ["unix:/c,role=read", "unix:/d,role=admin"] } });

  expect(told.config.listen).toEqual([
    { transport: "unix", path: "/a", role: "read", tokens: "optional", mode: 0o660, group: undefined, uids: [], gids: [] },
    {
      transport: "unix",
      path: "/home/ann/.config/seglog/b",
      role: "append",
      tokens: "optional",
      mode: 0o600,
      group: undefined,
      uids: [],
      gids: [],
    },
  ]);
  expect(replaced.config.listen.map(placeOf)).toEqual(["unix:/c", "unix:/d"]);
});

test("a relative path in the file starts from the folder of the file, one elsewhere from the current folder", () => {
  const files = { "/etc/seglog/seglog.toml": 'data = "store"\n' };

  const { config } = load({ files, env: { SEGLOG_SOCKET: "s.sock" } });

  expect(config.dataDir).toBe("/etc/seglog/store");
  expect(config.socketPath).toBe("/here/s.sock");
});

test("an environment variable that is empty counts as unset", () => {
  const { origins } = load({ env: { SEGLOG_TAILS_MAX: "" } });

  expect(origins.get("tailsMax")).toEqual({ value: "1000", origin: "default" });
});

test("variables of the same prefix that are no settings are passed over", () => {
  const { config } = load({ env: { SEGLOG_PORT: "tcp://10.0.0.1:80", SEGLOG_SERVICE_HOST: "10.0.0.1" } });

  expect(config.limits).toEqual(DEFAULT_LIMITS);
});

describe("the configuration file", () => {
  test("is the one that the flag names, whatever the environment and the default places have", () => {
    const files = { "/a.toml": "limits.tails_max = 1", "/b.toml": "limits.tails_max = 2", [FILE]: "limits.tails_max = 3" };

    const { config, origins } = load({ files, flags: { config: "/a.toml" }, env: { SEGLOG_CONFIG: "/b.toml" } });

    expect(config.limits.tailsMax).toBe(1);
    expect(origins.get("config")).toEqual({ value: "/a.toml", origin: "flag --config" });
  });

  test("is the user's own before the machine's, and only one of them", () => {
    const files = { [FILE]: "limits.tails_max = 1", "/etc/seglog/seglog.toml": "limits.fork_depth_max = 2" };

    const { config, origins } = load({ files });

    expect(config.limits).toEqual({ ...DEFAULT_LIMITS, tailsMax: 1 });
    expect(origins.get("config")).toEqual({ value: FILE, origin: "default" });
  });

  test("must be there where somebody names it", () => {
    expect(() => load({ env: { SEGLOG_CONFIG: "x.toml" } })).toThrow(
      "environment SEGLOG_CONFIG names /here/x.toml, but there is no such file",
    );
  });
});

describe("the quotas of namespaces", () => {
  test("are those of all, and of each what the file has for it", () => {
    const text =
      '[limits]\nnamespace_tails_max = 9\n[namespaces.team-a]\nsessions_max = 3\nbytes_max = "1GiB"\n[namespaces."b.c"]\ntails_max = 1\n';

    const { config, origins } = load({ files: { [FILE]: text }, flags: { namespaceSessionsMax: "7" } });

    expect(config.quotas?.defaults).toMatchObject({ sessionsMax: 7, tailsMax: 9, bytesMax: undefined, entriesPerSecondMax: undefined });
    expect(config.quotas?.byName).toEqual(
      new Map([
        ["team-a", { sessionsMax: 3, bytesMax: 2 ** 30 }],
        ["b.c", { tailsMax: 1 }],
      ]),
    );
    expect(origins.get("namespaces.team-a.bytesMax")).toEqual({ value: "1GiB", origin: `file ${FILE}` });
  });

  test("are refused where the name, the key or the value is none", () => {
    const loading = (text: string) => () => load({ files: { [FILE]: text } });

    expect(loading("[namespaces.Team]\nsessions_max = 1")).toThrow("key namespaces.Team.sessions_max of file");
    expect(loading("[namespaces.a]\nsession_max = 1")).toThrow("there is no key namespaces.a.session_max");
    expect(loading("[namespaces.a]\nsessions_max = 0")).toThrow(
      'key namespaces.a.sessions_max of file /home/ann/.config/seglog/seglog.toml is "0"; wanted a whole number',
    );
  });
});

describe("errors say what was, what was wanted and where", () => {
  test.each([
    [
      { flags: { slowObserver: "5" } },
      'flag --slow-observer is "5"; wanted a time with its unit from 10ms to 1d, such as 500ms, 30s or 5m',
    ],
    [{ env: { SEGLOG_MAP_SIZE: "64MB" } }, 'environment SEGLOG_MAP_SIZE is "64MB"; wanted a size from 1MiB to 64TiB'],
    [{ flags: { mapSize: "65TiB" } }, 'flag --map-size is "65TiB"; wanted a size from 1MiB to 64TiB'],
    [{ flags: { tailsMax: "0" } }, 'flag --tails-max is "0"; wanted a whole number from 1 to 1000000'],
    [{ flags: { tailsMax: "1e3" } }, 'flag --tails-max is "1e3"; wanted a whole number'],
    [{ flags: { logLevel: "loud" } }, 'flag --log-level is "loud"; wanted one of debug, info, warn, error'],
    [{ flags: { socketMode: "0888" } }, 'flag --socket-mode is "0888"; wanted three or four octal digits'],
    [{ flags: { data: "" } }, 'flag --data is ""; wanted a path'],
    [
      { files: { [FILE]: "socket_mode = 660" } },
      `key socket_mode of file ${FILE} is "660"; wanted three or four octal digits (in TOML in quotes)`,
    ],
    [{ files: { [FILE]: "limits.tails_max = true" } }, `key limits.tails_max of file ${FILE} is a boolean; wanted text or a whole number`],
    [{ files: { [FILE]: "limits.tails_max = [1]" } }, `key limits.tails_max of file ${FILE} is an array; wanted`],
    [{ files: { [FILE]: "limits.tails_max = 1.5" } }, `key limits.tails_max of file ${FILE} is a number; wanted`],
    [{ files: { [FILE]: "data = 2026-01-01" } }, `key data of file ${FILE} is a date; wanted`],
    [
      { files: { [FILE]: "[limits]\ntail_max = 1" } },
      `there is no key limits.tail_max, as in file ${FILE}; did you mean limits.tails_max?`,
    ],
    [
      { files: { [FILE]: "zzzzzzzzzzzzzzz = 1" } },
      `there is no key zzzzzzzzzzzzzzz, as in file ${FILE}; the keys are data, socket, socket_mode`,
    ],
    [{ flags: { listen: ["unix:/a,role=reed"] } }, "flag --listen has role=reed for unix:/a; wanted one of read, append, admin"],
    [
      { flags: { listen: ["unix:/a,role=read", "unix:/a,role=append"] } },
      "the daemon is to listen twice on unix:/a; wanted a place of its own for each",
    ],
    [
      { flags: { socket: "/a", listen: ["unix:/a,role=read"] } },
      "the daemon is to listen twice on unix:/a; wanted a place of its own for each",
    ],
    [{ files: { [FILE]: '[[listen]]\nrole = "read"' } }, `key listen of file ${FILE} has no address; wanted one such as`],
    [
      { files: { [FILE]: '[[listen]]\naddress = "unix:/a,b"' } },
      `address of key listen of file ${FILE} is "unix:/a,b"; wanted text without , and ; or`,
    ],
    [{ files: { [FILE]: '[[listen]]\naddress = "unix:/a"\nroll = "read"' } }, `key listen of file ${FILE} has "roll" for unix:/a`],
    [{ files: { [FILE]: '[data]\nfolder = "x"' } }, "there is no key data.folder"],
    [{ files: { [FILE]: "data = \n" } }, `line 1, column 8 of file ${FILE}: Invalid TOML document`],
    [
      { flags: { entryBytesMax: "4MiB" } },
      "entryBytesMax (4MiB, flag --entry-bytes-max) leaves no room in requestBytesMax (4MiB, default); wanted a request larger than an entry",
    ],
    [
      { flags: { requestBytesMax: "65MiB" } },
      "requestBytesMax (65MiB, flag --request-bytes-max) is above writeBytesInFlightMax (64MiB, default); wanted room for one request",
    ],
  ])("%j", (given, message) => {
    expect(() => load(given)).toThrow(expect.objectContaining({ name: "ConfigError", message: expect.stringContaining(message) }));
  });
});

function load(given: { flags?: Record<string, string | readonly string[]>; env?: Record<string, string>; files?: Record<string, string> }) {
  const sources: ConfigSources = {
    flags: given.flags ?? {},
    env: { ...HOME, ...given.env },
    cwd: "/here",
    readFile: (path) => given.files?.[path],
  };
  return loadConfig(sources);
}
