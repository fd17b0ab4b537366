import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { TailRequestSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { AskedProcess } from "./asked-process.js";
import type { ObserverAnswers } from "./observer-process.js";

/** Observers in a process of their own. */
export type Observers = AskedProcess<ObserverAnswers>;

/** Path of the call that observers make, and that the floor answers alike. */
export const TAIL_PATH = "/seglog.v1.SegmentService/Tail";

/** Starts a process for observers. */
export function startObservers(): Promise<Observers> {
  return AskedProcess.start(new URL("./observer-process.js", import.meta.url));
}

/** A request of Tail, as it goes over the wire. */
export function tailRequest(request: MessageInitShape<typeof TailRequestSchema>): Uint8Array {
  return toBinary(TailRequestSchema, create(TailRequestSchema, request));
}
