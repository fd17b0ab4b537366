import { createRequire } from "node:module";
import { join } from "node:path";
import { conversationEntries } from "../load/conversation.js";
import { timesPerSecond } from "../load/duration.js";
import { LeftOutError } from "./start-peer.js";

/** SQLite with a table, in the process of the bench. */
export interface Sqlite {
  /** Rows inserted in a second, so many to a transaction. */
  insertsPerSecond(load: { readonly rowsPerTransaction: number; readonly entryBytes: number; readonly seconds: number }): number;
  stop(): Promise<void>;
}

/** As much of better-sqlite3 as is used here: it is no dependency, for its installation compiles where no binary can be fetched. */
interface Database {
  pragma(text: string): unknown;
  exec(sql: string): unknown;
  prepare(sql: string): { run(...values: readonly unknown[]): unknown };
  transaction(work: () => void): () => void;
  close(): void;
}

const SESSION = Buffer.from("018f8e2c7c1e7b7a9d3e3f6a5b8c9d0e", "hex");

/** Opens a database in a folder. In WAL mode with `synchronous=FULL` a commit flushes the log before it returns. */
export async function startSqlite(folder: string): Promise<Sqlite> {
  const db = openDatabase(join(folder, "log.sqlite"));
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.exec("create table log (id integer primary key, session blob not null, body blob not null)");
  const insert = db.prepare("insert into log (session, body) values (?, ?)");
  return {
    insertsPerSecond: ({ rowsPerTransaction, entryBytes, seconds }) => {
      const bodies = conversationEntries(64, entryBytes);
      let row = 0;
      const insertRows = db.transaction(() => {
        for (let i = 0; i < rowsPerTransaction; i++) insert.run(SESSION, bodies[row++ % bodies.length]);
      });
      return rowsPerTransaction * timesPerSecond(seconds, insertRows);
    },
    stop: async () => db.close(),
  };
}

function openDatabase(path: string): Database {
  let Sqlite3: new (path: string) => Database;
  try {
    Sqlite3 = createRequire(import.meta.url)("better-sqlite3"); // it exports its class, of which the interface above is a part
  } catch {
    throw new LeftOutError("better-sqlite3 is not installed (npm install --no-save better-sqlite3@12.4.1)");
  }
  return new Sqlite3(path);
}
