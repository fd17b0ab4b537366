import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createSegmentClient } from "../../../src/client/segment-client.js";
import { ONE_TRY } from "../../support/one-try.js";
import type { Attack, AttackOutcome, AttackTarget, StoppedAttack } from "./attack.js";
import { GoodClient, type GoodFigures } from "./good-client.js";
import type { WatchedDaemon } from "./watched-daemon.js";

/** What an attack came to, and how it went for others meanwhile. */
export interface AttackReport extends AttackOutcome {
  readonly good: GoodFigures;
  readonly peakBytes: number;
  readonly seconds: number;
}

/** Where an attack takes place. */
export interface AttackScene {
  readonly target: AttackTarget;
  readonly watched: WatchedDaemon;
  /** Tails of the good client. */
  readonly goodTails: number;
}

/** How long everything may take to be given back once nobody is there to answer a PING, in milliseconds. */
const GIVEN_BACK_MS = 3000;

/** Lets an attacker loose on the daemon while a good client works, and looks what it left behind. */
export async function runAttack(attack: Attack, { target, watched, goodTails }: AttackScene): Promise<AttackReport> {
  const fdsBefore = watched.fdCount;
  const good = await GoodClient.start(target.socket, goodTails);
  watched.takePeakBytes();
  const startMs = performance.now();
  const attacker = fork(fileURLToPath(new URL("./attacker-process.js", import.meta.url)), {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  try {
    const attacking = outcomeOf(attack, attacker, target);
    const figures = await good.appendUntil(attacking);
    const outcome = await attacking;
    const seconds = (performance.now() - startMs) / 1000;
    const peakBytes = watched.takePeakBytes();
    const late = await good.leave();
    attacker.kill("SIGKILL");
    const left = await leftBehind(watched, fdsBefore, target);
    return { ...outcome, good: figures, peakBytes, seconds, findings: [...outcome.findings, ...figures.failures, ...late, ...left] };
  } finally {
    attacker.kill("SIGKILL");
  }
}

async function outcomeOf(attack: Attack, attacker: ChildProcess, target: AttackTarget): Promise<AttackOutcome> {
  const ended = once(attacker, "exit").then(([code, signal]) => {
    throw new Error(`the attacker ended with ${code ?? signal}`);
  });
  ended.catch(() => {}); // it may end, once it has told
  attacker.send({ name: attack.name, target });
  const [outcome] = (await Promise.race([once(attacker, "message"), ended])) as [AttackOutcome]; // what attacker-process.ts sends
  if ((attack as Partial<StoppedAttack>).isStopped !== true) return outcome;
  return stopped(outcome, attacker, target);
}

/** The tails of a process that is stopped are given up. */
async function stopped(outcome: AttackOutcome, attacker: ChildProcess, { socket, limits }: AttackTarget): Promise<AttackOutcome> {
  const client = createSegmentClient({ socket }, ONE_TRY);
  const tailCount = async () => (await client.getStatus({})).tailCount;
  while ((await tailCount()) <= GOOD_TAILS) await delay(20);
  attacker.kill("SIGSTOP");
  const startMs = performance.now();
  const msMax = (limits["keepalive_ms"] ?? 0) + (limits["keepalive_timeout_ms"] ?? 0) + 5000;
  while ((await tailCount()) > GOOD_TAILS && performance.now() - startMs < msMax) await delay(100);
  const isFreed = (await tailCount()) <= GOOD_TAILS;
  client.close();
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  return {
    ...outcome,
    met: `freed after ${seconds} s`,
    findings: isFreed ? [] : [`tails of a stopped process are open after ${seconds} s`],
  };
}

/** Tails of the good client beside those that are counted. */
const GOOD_TAILS = 1;

async function leftBehind(watched: WatchedDaemon, fdsBefore: number, { limits }: AttackTarget): Promise<readonly string[]> {
  const endMs = performance.now() + (limits["keepalive_ms"] ?? 0) + (limits["keepalive_timeout_ms"] ?? 0) + GIVEN_BACK_MS;
  while (watched.fdCount > fdsBefore && performance.now() < endMs) await delay(50);
  const fds = watched.fdCount;
  const errors = watched.errorLines;
  return [
    ...(fds > fdsBefore ? [`${fds - fdsBefore} file descriptors were not given back`] : []),
    ...(errors.length > 0 ? [`the log tells of ${errors.length} errors, the first: ${errors[0]}`] : []),
  ];
}
