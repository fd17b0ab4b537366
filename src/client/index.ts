export { type AdminClient, createAdminClient } from "./admin-client.js";
export type { ClientTls } from "./client-credentials.js";
export { SegmentClientError } from "./client-error.js";
export { mergeStateParts } from "./restore-state.js";
export type { CallOptions, Requests } from "./rpc-caller.js";
export { createSegmentClient, type SegmentClient, type SegmentClientOptions, type SegmentClientTarget } from "./segment-client.js";
