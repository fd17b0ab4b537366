import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { seglogProgram } from "../../src/cli/program.js";
import { createSegmentClient } from "../../src/client/segment-client.js";
import { segment, session } from "../store/contract/sample-entries.js";
import { type CommandLine, serveForCli } from "../support/cli.js";
import { assistantText, type EntryInit, turnEnd, usage, userInput } from "../support/entries.js";
import { maskedText } from "../support/masked-text.js";
import { ONE_TRY } from "../support/one-try.js";
import { hasTerminals, onTerminal } from "../support/pty.js";

/** One command, as it is typed twice: piped (0) and on a terminal (1). */
interface Run {
  readonly args: (way: 0 | 1) => readonly string[];
  readonly input?: string;
  /** Whether the second waits for the first: what both would do at once, only one can. */
  readonly isAlone?: boolean;
}

const HELLO = '{"userInput":{"pieces":[{"text":"hello"}]}}\n';
const [SESSION, ORIGIN, FORK] = [session(1), segment(101), segment(102)] as const;

test.runIf(hasTerminals)("every subcommand prints on a terminal and piped what it printed before", async () => {
  // A process of its own: what makes a backup is another one, which is there only where it is built.
  const daemon = await serveForCli();
  await someSegments(daemon);
  const runs = runsIn(daemon.folder);
  const shown: string[] = [];

  for (const { args, input = "", isAlone = false } of runs) {
    const first = daemon.seglog(args(0), { input });
    if (isAlone) await first;
    const second = onTerminal(args(1), { env: { SEGLOG_SOCKET: daemon.socket }, input, columns: 120 });
    const [piped, terminal] = await Promise.all([first, second]);
    shown.push(`$ seglog ${masked(args(0).join(" "), daemon.folder)}`);
    shown.push(`piped, ended with ${piped.exitCode}`, masked(piped.stdout + piped.stderr, daemon.folder));
    shown.push(`on a terminal, ended with ${terminal.exitCode}`, masked(terminal.stdout, daemon.folder));
  }

  expect(shown.join("\n")).toMatchSnapshot();
  const names = seglogProgram().commands.map((command) => command.name());
  expect(new Set(runs.map(({ args }) => args(0)[0]))).toEqual(new Set(names));
});

/** Each subcommand at least once, in an order in which they find what they need. */
function runsIn(folder: string): readonly Run[] {
  const place = (name: string, way: 0 | 1) => join(folder, `${name}-${way}`);
  const always = (...args: readonly string[]): Run => ({ args: () => args });
  return [
    always("health"),
    always("status", "--color", "never"),
    always("ls"),
    always("ls", SESSION),
    always("tree"),
    always("show", ORIGIN),
    always("restore", FORK),
    always("diff", ORIGIN, FORK),
    always("usage", SESSION),
    always("tail", FORK, "--once"),
    { args: () => ["trace", ORIGIN, "--append"], input: '{"turn":"1","lifecycle":{"label":"began"}}\n', isAlone: true },
    always("trace", ORIGIN),
    { args: (way) => ["create", "--segment", segment(110 + way), "--session", SESSION] },
    { args: (way) => ["append", segment(110 + way)], input: HELLO.repeat(2) },
    { args: (way) => ["append", segment(110 + way), "--expect", "1"], input: HELLO },
    { args: (way) => ["fork", ORIGIN, "--turn", "1", "--new-segment", segment(120 + way)] },
    { args: (way) => ["compact", ORIGIN, "--summary", "In short.", "--new-segment", segment(130 + way)] },
    { args: (way) => ["truncate", segment(110 + way), "--entries", "2", "--yes"] },
    { args: (way) => ["export", SESSION, "--out", place("export", way)] },
    { args: (way) => ["import", place("export", way)] },
    { args: (way) => ["mirror", "--to", place("mirror", way), "--once"] },
    { args: (way) => ["rm", segment(120 + way), "--yes"] },
    always("rm", ORIGIN, "--yes"),
    { args: (way) => ["backup", join(place("backup", way), "b.seglog")], isAlone: true },
    { args: (way) => ["restore-backup", join(place("backup", way), "b.seglog"), "--data", place("restored", way)] },
    { args: (way) => ["compact-store", "--data", place("restored", way)] },
    { args: (way) => ["verify", "--deep", "--data", place("restored", way)] },
    { args: (way) => ["token", "create", "--role", "read", "--name", "observer", "--out", place("token", way)], isAlone: true },
    { args: () => ["token", "list"] },
    always("serve", "--data", join(folder, "data"), "--socket", join(folder, "other.sock")),
    always("config", "--data", join(folder, "data")),
    always("completion", "nosuchshell"),
    always("__complete", "segment", FORK.slice(0, 25)),
    always("show", "0ZZZZZ"),
    always("demo", "--fast"),
    { args: (way) => ["doctor", "--data", place("restored", way)] },
  ];
}

/** A session with two segments, of which one forks the other at its first turn. */
async function someSegments({ socket, folder }: CommandLine): Promise<void> {
  for (const way of [0, 1]) mkdirSync(join(folder, `backup-${way}`), { mode: 0o700 });
  const client = createSegmentClient({ socket }, ONE_TRY);
  const said = (text: string): EntryInit[] => [userInput(text), assistantText(`about ${text}`), usage(2n)];
  try {
    await client.createSegment({ sessionId: SESSION, segmentId: ORIGIN, state: { systemPrompt: "You keep a diary." } });
    await client.append({ segmentId: ORIGIN, entries: [...said("roses"), turnEnd(1n), ...said("beans"), turnEnd(2n)] });
    await client.forkSegment({ segmentId: ORIGIN, newSegmentId: FORK, at: { case: "turn", value: 1n } });
    await client.append({ segmentId: FORK, entries: [...said("peas"), turnEnd(2n)] });
  } finally {
    client.close();
  }
}

/** What does not differ from run to run and from machine to machine, colours as `<1>`. */
function masked(shown: string, folder: string): string {
  return shown
    .replaceAll(folder, "(folder)")
    .replace(/pid \d+/g, "pid (number)")
    .replace(/^(limit|[a-z]+(?:[A-Z][a-z]+)+) .*\n/gm, "") // settings and limits have pages of their own
    .replace(/^\S+ +(node|flock|limits|data folder|file system|space|store|readers|socket) {2}.*$/gm, "(verdict) $1") // the doctor's
    .replace(/seglog \d+\.\d+\.\d+/g, "seglog (version)")
    .replace(/\u001b\[(\d{0,2}[mK])/g, "<$1>")
    .split("\n")
    .map((line) => maskedText(line.replace(/^[^\n]*\r/, "")))
    .join("\n");
}
