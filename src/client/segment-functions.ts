import { randomUUID } from "node:crypto";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { LlmUsageSchema, PodScopeSchema, RequestConfigSchema, RunResult, SystemItemSchema } from "../../gen/seglog/v1/entry_pb.js";
import type { RestoredState, Segment, StartStateSchema } from "../../gen/seglog/v1/segment_pb.js";
import type {
  AppendResponse,
  EnsureHeadOrForkResponse,
  OnConflict,
  OnMissingTurn,
  PreconditionSchema,
  SaveDeltaResponse,
} from "../../gen/seglog/v1/segment_service_pb.js";
import {
  configChanged,
  type EntryInit,
  extension,
  type InputPieceInit,
  type ItemInit,
  podScope,
  runCompleted,
  runErrored,
  systemItem,
  turnEnd,
  usage,
  userInput,
} from "./entries.js";
import { mergeStateParts } from "./restore-state.js";
import type { CallOptions } from "./rpc-caller.js";
import type { SegmentClient } from "./segment-client.js";

/*
 * The functions of the older session store, by the names that they had there. Each write carries a request id, made anew
 * where none is given, so that the client may repeat it.
 */

/** The state that a segment starts from. */
export type StartStateInit = MessageInitShape<typeof StartStateSchema>;

/** What may be said with each write. */
export interface WriteOptions extends CallOptions {
  /** By which the daemon knows a retry again; a new one where unset. */
  readonly requestId?: string;
}

/** What may be said with each append. */
export interface AppendOptions extends WriteOptions {
  /** What the writer believes of the segment; not checked where unset. */
  readonly precondition?: MessageInitShape<typeof PreconditionSchema>;
  /** What to do where that does not hold; refuse where unset. */
  readonly onConflict?: OnConflict;
}

/** Creates a segment with a state, in a new session unless one is given. */
export async function createSegment(
  client: SegmentClient,
  state: StartStateInit = {},
  { sessionId, segmentId, ...options }: WriteOptions & { readonly sessionId?: string; readonly segmentId?: string } = {},
): Promise<Segment> {
  const ids = { ...(sessionId !== undefined && { sessionId }), ...(segmentId !== undefined && { segmentId }) };
  return made(await client.createSegment({ state, ...ids, requestId: requestIdOf(options) }, options));
}

/** Restores a segment of which the session is known too, and checked. */
export function restore(client: SegmentClient, sessionId: string, segmentId: string, options: CallOptions = {}): Promise<RestoredState> {
  return mergeStateParts(client.restoreSegment({ sessionId, segmentId }, options));
}

/** Restores a segment by its id alone. */
export function restoreBySegment(client: SegmentClient, segmentId: string, options: CallOptions = {}): Promise<RestoredState> {
  return mergeStateParts(client.restoreSegment({ segmentId }, options));
}

/** Creates a sibling that stands for a segment in shorter form. */
export async function createCompactedSegment(
  client: SegmentClient,
  segmentId: string,
  state: StartStateInit,
  { atTurn, precondition, ...options }: Omit<AppendOptions, "onConflict"> & { readonly atTurn?: bigint } = {},
): Promise<Segment> {
  const told = { ...(atTurn !== undefined && { atTurn }), ...(precondition !== undefined && { precondition }) };
  return made(await client.compactSegment({ segmentId, state, ...told, requestId: requestIdOf(options) }, options));
}

/** Leaves a segment that is as its writer believes, forks it otherwise; the answer has the segment to go on with. */
export function ensureHeadOrFork(
  client: SegmentClient,
  held: { readonly segmentId: string; readonly entriesWritten: bigint; readonly atTurn: bigint; readonly state?: StartStateInit },
  options: WriteOptions = {},
): Promise<EnsureHeadOrForkResponse> {
  return client.ensureHeadOrFork({ ...held, requestId: requestIdOf(options) }, options);
}

/** Starts a new session, without lineage, from a state. */
export async function fork(client: SegmentClient, state: StartStateInit, options: WriteOptions = {}): Promise<Segment> {
  return made(await client.forkSession({ source: { case: "state", value: state }, requestId: requestIdOf(options) }, options));
}

/** Forks a segment behind the end of a turn; before the first turn where that is 0. */
export async function forkAt(
  client: SegmentClient,
  segmentId: string,
  turn: bigint,
  { onMissingTurn, ...options }: WriteOptions & { readonly onMissingTurn?: OnMissingTurn } = {},
): Promise<Segment> {
  const at = { case: "turn" as const, value: turn };
  const missing = onMissingTurn === undefined ? {} : { onMissingTurn };
  return made(await client.forkSegment({ segmentId, at, ...missing, requestId: requestIdOf(options) }, options));
}

/** Appends one entry. */
export function appendEntry(
  client: SegmentClient,
  segmentId: string,
  entry: EntryInit,
  { precondition, onConflict, ...options }: AppendOptions = {},
): Promise<AppendResponse> {
  const told = { ...(precondition !== undefined && { precondition }), ...(onConflict !== undefined && { onConflict }) };
  return client.append({ segmentId, entries: [entry], ...told, requestId: requestIdOf(options) }, options);
}

/** Appends what a user submitted. */
export function saveUserInput(
  client: SegmentClient,
  segmentId: string,
  input: string | readonly InputPieceInit[],
  options?: AppendOptions,
) {
  return appendEntry(client, segmentId, userInput(input), options);
}

/** Appends new items of a history: user messages are skipped, tool outputs become tool results, the rest assistant items. */
export function saveDelta(
  client: SegmentClient,
  segmentId: string,
  items: readonly ItemInit[],
  { precondition, onConflict, ...options }: AppendOptions = {},
): Promise<SaveDeltaResponse> {
  const told = { ...(precondition !== undefined && { precondition }), ...(onConflict !== undefined && { onConflict }) };
  return client.saveDelta({ segmentId, items: [...items], ...told, requestId: requestIdOf(options) }, options);
}

/** Appends an item that the runtime injected. */
export function appendSystemItem(
  client: SegmentClient,
  segmentId: string,
  item: MessageInitShape<typeof SystemItemSchema>,
  options?: AppendOptions,
) {
  return appendEntry(client, segmentId, systemItem(item), options);
}

/** Appends the end of a turn. */
export function saveTurnEnd(client: SegmentClient, segmentId: string, turnCount: bigint, options?: AppendOptions) {
  return appendEntry(client, segmentId, turnEnd(turnCount), options);
}

/** Appends the end of a run with a result. */
export function saveRunCompleted(
  client: SegmentClient,
  segmentId: string,
  result: RunResult,
  { interrupted = false, ...options }: AppendOptions & { readonly interrupted?: boolean } = {},
) {
  return appendEntry(client, segmentId, runCompleted(result, { interrupted }), options);
}

/** Appends the end of a run with an error. */
export function saveRunErrored(
  client: SegmentClient,
  segmentId: string,
  message: string,
  { interrupted = false, ...options }: AppendOptions & { readonly interrupted?: boolean } = {},
) {
  return appendEntry(client, segmentId, runErrored(message, { interrupted }), options);
}

/** Appends the token usage of one model request. */
export function saveUsage(
  client: SegmentClient,
  segmentId: string,
  counted: MessageInitShape<typeof LlmUsageSchema>,
  options?: AppendOptions,
) {
  return appendEntry(client, segmentId, usage(counted), options);
}

/** Appends a payload of some domain. @throws TypeError where it has no form in JSON */
export async function saveExtension(client: SegmentClient, segmentId: string, domain: string, payload: unknown, options?: AppendOptions) {
  return appendEntry(client, segmentId, extension(domain, payload), options);
}

/** Appends what a pod may touch from here on. @throws TypeError where a rule does not say the right */
export async function savePodScope(
  client: SegmentClient,
  segmentId: string,
  scope: MessageInitShape<typeof PodScopeSchema>,
  options?: AppendOptions,
) {
  return appendEntry(client, segmentId, podScope(scope), options);
}

/** Appends a new configuration, which replaces the one before as a whole. */
export function saveConfigChanged(
  client: SegmentClient,
  segmentId: string,
  config: MessageInitShape<typeof RequestConfigSchema>,
  options?: AppendOptions,
) {
  return appendEntry(client, segmentId, configChanged(config), options);
}

function requestIdOf({ requestId = randomUUID() }: WriteOptions): string {
  return requestId;
}

function made({ segment }: { readonly segment?: Segment | undefined }): Segment {
  if (segment === undefined) throw new TypeError("the daemon answered without a segment");
  return segment;
}
