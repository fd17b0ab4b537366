import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { endChild, readyOrEnded, spawnBound } from "../load/bound-child.js";
import { conversationText } from "../load/conversation.js";
import { requiredProgram } from "./start-peer.js";

/** PostgreSQL with a table. */
export interface Postgres {
  /** Transactions in a second, each of one prepared insert of a row of a size, over so many connections. */
  insertsPerSecond(load: { readonly connections: number; readonly entryBytes: number; readonly seconds: number }): number;
  stop(): Promise<void>;
}

const TABLE = "create table log (id bigserial primary key, session uuid not null, body text not null)";
const INSERT = "insert into log (session, body) values (:session, :body);\n";
const SESSION = "018f8e2c-7c1e-7b7a-9d3e-3f6a5b8c9d0e";
const START_MS_MAX = 15_000;

/** A commit waits until the log is flushed; those that wait together share a flush. Room enough that no checkpoint comes. */
const SETTINGS = {
  ...{ fsync: "on", synchronous_commit: "on", listen_addresses: "", max_connections: "200" },
  ...{ shared_buffers: "256MB", max_wal_size: "8GB", checkpoint_timeout: "1h" },
};

/**
 * Starts a PostgreSQL of its own on a Unix socket. It refuses to run as root: then it runs as its own user or as nobody,
 * to whom its folder is given.
 */
export async function startPostgres(folder: string): Promise<Postgres> {
  const programs = { initdb: requiredProgram("initdb"), postgres: requiredProgram("postgres"), pgbench: requiredProgram("pgbench") };
  const psql = requiredProgram("psql");
  const dir = join(folder, "postgres");
  mkdirSync(dir);
  const asUser = process.getuid?.() === 0 ? giveAway(dir) : undefined;
  const data = join(dir, "data");
  const initdb = spawnBound([programs.initdb, "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync"], {
    ...{ stdio: "ignore", cwd: dir },
    ...(asUser !== undefined && { asUser }),
  });
  await exitOf(initdb);

  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const server = spawnBound([programs.postgres, "-D", data, "-k", dir, ...settings], {
    ...{ stdio: "ignore", cwd: dir },
    ...(asUser !== undefined && { asUser }),
  });
  const login = ["-h", dir, "-U", "postgres"];
  const createTable = () => execFileSync(psql, [...login, "-q", "-d", "postgres", "-c", TABLE], { stdio: "ignore" });
  await readyOrEnded(server, untilDone(createTable));
  const script = join(dir, "insert.sql");
  writeFileSync(script, INSERT);
  return {
    insertsPerSecond: ({ connections, entryBytes, seconds }) => {
      const values = ["-D", `session=${SESSION}`, "-D", `body=${conversationText(entryBytes)}`];
      const load = ["-c", String(connections), "-j", String(Math.min(2, connections)), "-T", String(Math.ceil(seconds))];
      const args = [...login, "-n", "-M", "prepared", "-f", script, ...values, ...load, "postgres"];
      const output = execFileSync(programs.pgbench, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
      return Number(/tps = ([\d.]+)/.exec(output)?.[1]);
    },
    // An immediate shutdown: it ends its own processes with it, and what it leaves is removed.
    stop: () => endChild(server, "SIGQUIT"),
  };
}

/** Gives a folder of the bench to a user who is not root, and lets him reach it. */
function giveAway(dir: string): string {
  const user = ["postgres", "nobody"].find((name) => idOf(name, "-u") !== undefined) ?? "nobody";
  chownSync(dir, idOf(user, "-u") ?? 0, idOf(user, "-g") ?? 0);
  chmodSync(dirname(dirname(dir)), 0o711);
  return user;
}

function idOf(user: string, which: "-u" | "-g"): number | undefined {
  try {
    return Number(execFileSync("id", [which, user], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
  } catch {
    return undefined; // there is no such user
  }
}

async function exitOf(child: ReturnType<typeof spawnBound>): Promise<void> {
  const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  if (code !== 0) throw new Error(`initdb failed with exit code ${code}`);
}

async function untilDone(attempt: () => unknown): Promise<void> {
  for (const endMs = Date.now() + START_MS_MAX; ; await setTimeout(100)) {
    try {
      attempt();
      return;
    } catch (error) {
      if (Date.now() > endMs) throw error;
    }
  }
}
