import type { EntryInit } from "../../client/entries.js";
import type { SegmentClient } from "../../client/segment-client.js";
import { createCompactedSegment, createSegment, forkAt } from "../../client/segment-functions.js";
import { type Branch, Writer } from "../../client/writer.js";
import {
  AFTER_SUMMARY,
  BRANCH,
  IN_TIME,
  OTHER_WAY,
  type Scene,
  SUMMARY,
  SYSTEM_PROMPT,
  TOO_LATE,
  TURN_1,
  TURN_2_PAUSED,
  TURN_2_RESUMED,
} from "./story.js";

/** What the demo needs of whoever plays it. */
export interface Stage {
  readonly client: SegmentClient;
  readonly signal: AbortSignal;
  /** Waits as long as people would take before an entry. */
  readonly pace: (entry: EntryInit) => Promise<void>;
  /** Told of the session before anything is in it. */
  readonly onSession: (sessionId: string) => Promise<void>;
  /** Told of each scene as it begins, and of the segment that it is written to. */
  readonly onScene: (told: string, segmentId: string) => Promise<void>;
}

/** Plays the story: a session in which all happens that a session log is for. */
export async function playDemo(stage: Stage): Promise<void> {
  const { client, signal } = stage;
  const start = { systemPrompt: SYSTEM_PROMPT, config: { maxTokens: 4096, temperature: 0.2 } };
  const segment = await createSegment(client, start, { signal });
  await stage.onSession(segment.sessionId);

  const agent = new Writer(client, segment, { signal });
  for (const scene of [TURN_1, TURN_2_PAUSED, TURN_2_RESUMED]) await play(stage, agent, scene);

  await conflict(stage, agent);

  const otherWay = await forkAt(client, segment.segmentId, 1n, { signal });
  await playAlone(stage, new Writer(client, otherWay, { signal }), OTHER_WAY);

  const state = { ...start, history: [...SUMMARY] };
  const compacted = await createCompactedSegment(client, segment.segmentId, state, { signal });
  await playAlone(stage, new Writer(client, compacted, { signal }), AFTER_SUMMARY);
  await agent.close();
}

/** Two who hold the same segment and both write: the one who is late finds itself in a branch. */
async function conflict(stage: Stage, agent: Writer): Promise<void> {
  const { client, signal } = stage;
  const { segmentId, entryCount } = agent;
  const { segment } = await client.getSegment({ segmentId }, { signal });
  if (segment?.entryCount !== entryCount) throw new Error("somebody else writes into the demo's session");
  const branches: Branch[] = [];
  const other = new Writer(client, segment, { signal, onBranch: (branch) => branches.push(branch) });

  await play(stage, agent, IN_TIME);
  await play(stage, other, TOO_LATE);
  const [branch] = branches;
  if (branch !== undefined) await playAlone(stage, other, BRANCH);
}

async function playAlone(stage: Stage, writer: Writer, scene: Scene): Promise<void> {
  await play(stage, writer, scene);
  await writer.close();
}

async function play({ pace, onScene }: Stage, writer: Writer, { told, entries }: Scene): Promise<void> {
  await onScene(told, writer.segmentId);
  for (const entry of entries) {
    await pace(entry);
    await writer.append(entry);
  }
}
