import { expect, test } from "vitest";
import { clientSocketPath, defaultSocketPath } from "../../../src/daemon/config/default-paths.js";
import { loadConfig } from "../../../src/daemon/config/load-config.js";

const HOME = { HOME: "/home/ann" };

test.each([
  ["without any variable", HOME],
  ["with a runtime folder", { ...HOME, XDG_RUNTIME_DIR: "/run/user/7" }],
  ["with a state folder", { ...HOME, XDG_STATE_HOME: "/state" }],
  ["with a data folder", { ...HOME, XDG_RUNTIME_DIR: "/run/user/7", SEGLOG_DATA: "data" }],
  ["with a socket", { ...HOME, SEGLOG_DATA: "data", SEGLOG_SOCKET: "x.sock" }],
  ["with an empty socket", { ...HOME, SEGLOG_SOCKET: "" }],
])("%s, a client looks where a daemon of the same environment listens", (_, env) => {
  const daemon = loadConfig({ flags: {}, env, cwd: "/here", readFile: () => undefined });

  const client = clientSocketPath({ flag: undefined, env, cwd: "/here" });

  expect(client).toBe(daemon.config.socketPath);
});

test("a client's flag wins over its environment", () => {
  expect(clientSocketPath({ flag: "a.sock", env: { SEGLOG_SOCKET: "/b.sock" }, cwd: "/here" })).toBe("/here/a.sock");
});

test("a relative XDG folder is ignored", () => {
  expect(defaultSocketPath({ ...HOME, XDG_RUNTIME_DIR: "run" })).toBe("/home/ann/.local/state/seglog/run/seglog.sock");
});
