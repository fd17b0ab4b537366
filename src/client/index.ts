/**
 * The TypeScript client: what pods and observers call.
 *
 * @packageDocumentation
 */
export { type AdminClient, createAdminClient } from "./admin-client.js";
export type { ClientTls } from "./client-credentials.js";
export { type ErrorOfReason, HeadMismatchError, hasReason, SegmentClientError } from "./client-error.js";
export * from "./entries.js";
export { mergeStateParts } from "./restore-state.js";
export { type Resumed, resume } from "./resume.js";
export type { CallOptions, Requests } from "./rpc-caller.js";
export { createSegmentClient, type SegmentClient, type SegmentClientOptions, type SegmentClientTarget } from "./segment-client.js";
export * from "./segment-functions.js";
export { type TailOptions, type TailRequestInit, tail } from "./tail.js";
export { type Branch, Writer, type WriterOptions } from "./writer.js";
