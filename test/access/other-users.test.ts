import { once } from "node:events";
import { chmodSync, readdirSync, statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { UnixListenEntry } from "../../src/daemon/config/listen-entry.js";
import { callAs, type OtherUser } from "../support/call-as.js";
import { Child } from "../support/child.js";
import { isRoot } from "../support/is-root.js";
import { startTestDaemon, temporaryFolder } from "../support/test-daemon.js";

const GET_STATUS = "/seglog.v1.SegmentService/GetStatus";
const CREATE = "/seglog.v1.SegmentService/CreateSegment";
const DELETE = "/seglog.v1.SegmentService/DeleteSession";
const HEALTH = "/grpc.health.v1.Health/Check";

const GROUP = 54_321;
const STRANGER: OtherUser = { uid: 12_345, gid: 12_345 };
const OF_MAIN_GROUP: OtherUser = { uid: 12_346, gid: GROUP };
const OF_GROUP: OtherUser = { uid: 12_347, gid: 12_347, groups: [12_348, GROUP] };

const DENIED = (uid: number) => `7 user ${uid} is not let in by this socket; its uids and gids name others`;

if (!isRoot) console.warn("SKIPPED: who may connect as another user is tried by root only");

describe.runIf(isRoot)("another user", () => {
  test.each([
    [0o600, ["EACCES", "EACCES", "EACCES"]],
    [0o660, ["EACCES", "0", "0"]],
    [0o666, ["0", "0", "0"]],
  ] as const)("gets at a socket of mode %o as its mode and group say", async (mode, wanted) => {
    const socket = await startWith({ mode, group: String(GROUP) });

    const outcomes = await Promise.all([STRANGER, OF_MAIN_GROUP, OF_GROUP].map((user) => callAs(user, socket, [GET_STATUS])));

    expect(outcomes.flat()).toEqual(wanted);
  });

  test.each([
    [{ uids: ["12345"] }, [true, false, false]],
    [{ gids: [String(GROUP)] }, [false, true, true]],
    [{ uids: ["12345"], gids: [String(GROUP)] }, [true, true, true]],
    [{ uids: ["0"] }, [false, false, false]],
    [{ gids: ["root"] }, [false, false, false]],
  ] as const)("is let in or told that it is not, by the rules %j, for health too", async (rules, wanted) => {
    const socket = await startWith({ mode: 0o666, ...rules });

    const users = [STRANGER, OF_MAIN_GROUP, OF_GROUP];
    const outcomes = await Promise.all(users.map((user) => callAs(user, socket, [GET_STATUS, HEALTH])));

    expect(outcomes).toEqual(users.map(({ uid }, i) => (wanted[i] ? ["0", "0"] : [DENIED(uid), DENIED(uid)])));
  });

  test("who is let in has the role of the socket and no more", async () => {
    const socket = await startWith({ mode: 0o666, role: "read", uids: ["12345"] });

    const outcomes = await callAs(STRANGER, socket, [GET_STATUS, CREATE, DELETE]);

    expect(outcomes).toEqual([
      "0",
      "7 CreateSegment needs role append; this caller has role read",
      "7 DeleteSession needs role admin; this caller has role read",
    ]);
  });

  test("has as many connections as it may, and others have theirs", async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o711);
    const path = join(folder, "open.sock");
    const config = { listen: [entry(path, { mode: 0o666 })], connectionsPerUserMax: 2 };
    const { client } = await startTestDaemon({ folder, config });
    await client.getStatus({}); // one of two
    const [second, third] = [connect(path), connect(path)];
    onTestFinished(() => [second, third].forEach((socket) => void socket.destroy()));
    await once(third, "close");

    const outcomes = await callAs(STRANGER, path, [GET_STATUS]);

    expect(second.destroyed).toBe(false);
    expect(outcomes).toEqual(["0"]);
  });

  test("cannot look into the store, whatever the umask that the daemon starts with", async () => {
    const umask = process.umask(0);
    const folder = temporaryFolder();
    chmodSync(folder, 0o755);
    await startTestDaemon({ folder }).finally(() => process.umask(umask));
    const data = join(folder, "data");

    const child = new Child("setpriv", ["--reuid=12345", "--regid=12345", "--clear-groups", "--", "ls", data], { cwd: "/" });

    expect(await child.ended()).not.toBe(0);
    expect((statSync(data).mode & 0o777).toString(8)).toBe("700");
    for (const name of readdirSync(data)) expect([name, statSync(join(data, name)).mode & 0o077]).toEqual([name, 0]);
  });
});

test("a rule names users and groups, and a name that is not there stops the start", async () => {
  const listen = (rules: Partial<UnixListenEntry>) => [entry(join(temporaryFolder(), "x.sock"), rules)];

  const byUser = startTestDaemon({ config: { listen: listen({ uids: ["no-such-user"] }) } });
  await expect(byUser).rejects.toThrow("there is no user no-such-user in /etc/passwd; wanted one, or its number");
  const byGroup = startTestDaemon({ config: { listen: listen({ gids: ["no-such-group"] }) } });
  await expect(byGroup).rejects.toThrow("there is no group no-such-group in /etc/group; wanted one, or its number");
});

/** Starts a daemon with one more socket, in a folder that others may pass through. */
async function startWith(rules: Partial<UnixListenEntry>): Promise<string> {
  const folder = temporaryFolder();
  chmodSync(folder, 0o711);
  const path = join(folder, "open", "other.sock");
  await startTestDaemon({ folder, config: { listen: [entry(path, rules)] } });
  chmodSync(join(folder, "open"), 0o711); // the daemon lets only those through whom the mode lets in
  return path;
}

function entry(path: string, rules: Partial<UnixListenEntry>): UnixListenEntry {
  return { transport: "unix", path, role: "append", tokens: "optional", mode: 0o600, group: undefined, uids: [], gids: [], ...rules };
}
