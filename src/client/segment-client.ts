import { SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { type ClientSettings, type ClientTarget, createServiceClient, type ServiceClient } from "./service-client.js";

/** Where the daemon is: its socket's path, or a `host:port`. */
export type SegmentClientTarget = ClientTarget;

/** Settings of a client. */
export type SegmentClientOptions = ClientSettings;

/** The methods of SegmentService by their camelCase names, and the end of the connection. */
export type SegmentClient = ServiceClient<(typeof SegmentService)["method"]>;

/**
 * A client of the daemon.
 *
 * - Failures are SegmentClientError. While there is no daemon, a call that may be repeated is tried again for `retryForMs`, and any
 *   other fails at once with UNAVAILABLE.
 * - A stream of answers is a call that begins when it is iterated and is aborted when the loop is left.
 * - Streams are paced both ways: what is not read is not fetched, and requests are taken when there is room for them.
 */
export function createSegmentClient(target: SegmentClientTarget, options: SegmentClientOptions = {}): SegmentClient {
  return createServiceClient(SegmentService, target, options);
}
