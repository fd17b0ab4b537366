import { HEARTBEAT_MIN_MS } from "../limits.js";

/** What a text must be. `id` and `json` hold of an unset field too, unless the field is optional or in a oneof. */
export type TextRule = "id" | "idOrEmpty" | "json" | "requestId";

/**
 * What an enum must be: `specified` refuses the zero; `known` refuses numbers that this daemon cannot
 * obey, for they choose what it does.
 */
export type EnumRule = "specified" | "known";

/**
 * Field numbers of a message of which exactly one must be there, once, known or not. A oneof says
 * less: it forgets all but the last and does not see numbers that it does not know.
 */
export interface KindRange {
  readonly from: number;
  readonly to: number;
}

/** Kinds of the messages that have a range of them. */
export const KIND_RANGES: Readonly<Record<string, KindRange>> = {
  "seglog.v1.Entry": { from: 4, to: 99 },
};

/** Oneofs and messages that the contract calls required. */
export const REQUIRED: ReadonlySet<string> = new Set([
  "seglog.v1.Item.kind",
  "seglog.v1.ContentPart.kind",
  "seglog.v1.AssistantItem.item",
  "seglog.v1.ToolResult.item",
  "seglog.v1.ForkSessionRequest.source",
  "seglog.v1.TailRequest.scope",
  "seglog.v1.TraceEntry.payload",
]);

/** Rules of enums, by the enum. */
export const ENUM_RULES: Readonly<Record<string, EnumRule>> = {
  "seglog.v1.Role": "specified",
  "seglog.v1.InvokeTrigger": "specified",
  "seglog.v1.RunResult": "specified",
  "seglog.v1.Permission": "specified",
  "seglog.v1.EntryKind": "specified",
  "seglog.v1.AccessRole": "known",
  "seglog.v1.OnConflict": "known",
  "seglog.v1.OnMissingTurn": "known",
  "seglog.v1.TailEdge": "known",
};

/** Least values of numbers; of a duration, in milliseconds. */
export const LEAST: Readonly<Record<string, number>> = {
  "seglog.v1.ForkSegmentRequest.entry_count": 1,
  "seglog.v1.SegmentPoint.entry_count": 1,
  "seglog.v1.RestoreSegmentRequest.entry_count": 1,
  "seglog.v1.TruncateSegmentRequest.entry_count": 1,
  "seglog.v1.ListSegmentsRequest.page_size": 0,
  "seglog.v1.ListSessionsRequest.page_size": 0,
  "seglog.v1.TailRequest.heartbeat_interval": HEARTBEAT_MIN_MS,
};

/** Rules of texts. */
export const TEXT_RULES: Readonly<Record<string, TextRule>> = {
  "seglog.v1.SegmentStart.session_id": "id",
  "seglog.v1.SegmentOrigin.segment_id": "id",
  "seglog.v1.SegmentBase.segment_id": "id",
  "seglog.v1.Extension.payload_json": "json",
  "seglog.v1.TraceEntry.stream_event_json": "json",
  "seglog.v1.TraceLifecycle.data_json": "json",
  "seglog.v1.CreateSegmentRequest.session_id": "id",
  "seglog.v1.CreateSegmentRequest.segment_id": "id",
  "seglog.v1.CreateSegmentRequest.request_id": "requestId",
  "seglog.v1.CompactSegmentRequest.segment_id": "id",
  "seglog.v1.CompactSegmentRequest.new_segment_id": "id",
  "seglog.v1.CompactSegmentRequest.request_id": "requestId",
  "seglog.v1.ForkSegmentRequest.segment_id": "id",
  "seglog.v1.ForkSegmentRequest.new_segment_id": "id",
  "seglog.v1.ForkSegmentRequest.request_id": "requestId",
  "seglog.v1.SegmentPoint.segment_id": "id",
  "seglog.v1.ForkSessionRequest.new_session_id": "id",
  "seglog.v1.ForkSessionRequest.request_id": "requestId",
  "seglog.v1.EnsureHeadOrForkRequest.segment_id": "id",
  "seglog.v1.EnsureHeadOrForkRequest.new_segment_id": "id",
  "seglog.v1.EnsureHeadOrForkRequest.request_id": "requestId",
  "seglog.v1.AppendRequest.segment_id": "id",
  "seglog.v1.AppendRequest.request_id": "requestId",
  "seglog.v1.SaveDeltaRequest.segment_id": "id",
  "seglog.v1.SaveDeltaRequest.request_id": "requestId",
  "seglog.v1.TruncateSegmentRequest.segment_id": "id",
  "seglog.v1.TruncateSegmentRequest.request_id": "requestId",
  "seglog.v1.DeleteSegmentRequest.segment_id": "id",
  "seglog.v1.DeleteSegmentRequest.request_id": "requestId",
  "seglog.v1.DeleteSessionRequest.session_id": "id",
  "seglog.v1.DeleteSessionRequest.request_id": "requestId",
  // Read from the first message only; which one that is, is the import's to know.
  "seglog.v1.ImportSegmentRequest.session_id": "idOrEmpty",
  "seglog.v1.ImportSegmentRequest.segment_id": "idOrEmpty",
  "seglog.v1.RestoreSegmentRequest.segment_id": "id",
  "seglog.v1.RestoreSegmentRequest.session_id": "id",
  "seglog.v1.ReadEntriesRequest.segment_id": "id",
  "seglog.v1.TailRequest.segment_id": "id",
  "seglog.v1.TailRequest.session_id": "id",
  "seglog.v1.GetSegmentRequest.segment_id": "id",
  "seglog.v1.GetSessionRequest.session_id": "id",
  "seglog.v1.ListSegmentsRequest.session_id": "id",
  "seglog.v1.AppendTraceRequest.segment_id": "id",
  "seglog.v1.ReadTraceRequest.segment_id": "id",
  "seglog.v1.RevokeTokenRequest.token_id": "id",
};
