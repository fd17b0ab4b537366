import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { AppendRequestSchema, AppendResponseSchema } from "../../../gen/seglog/v1/segment_service_pb.js";
import { createSegmentClient, type SegmentClient } from "../../../src/client/segment-client.js";
import { concatenated } from "../../../src/model/wire/concatenated.js";
import { ONE_TRY } from "../../support/one-try.js";
import { RawCalls } from "./raw-calls.js";
import type { Operation } from "./session-model.js";

/** What an operation was answered. */
export interface OperationAnswer {
  /** Whether the daemon had done it before, and gave that answer again. */
  readonly replayed: boolean;
  /** Of an append: where it went. */
  readonly appended?: { readonly firstIndex: number; readonly entryCount: number; readonly headPosition: number };
}

/** One writer's connection to a daemon. */
export class SessionCalls {
  readonly #client: SegmentClient;
  readonly #calls: RawCalls;

  constructor(socket: string) {
    this.#client = createSegmentClient({ socket }, ONE_TRY);
    this.#calls = new RawCalls(socket);
  }

  /** Asks the daemon for an operation. A second time with the same request id it is safe. */
  async ask(operation: Operation, requestId: string): Promise<OperationAnswer> {
    switch (operation.kind) {
      case "create":
        return this.#client.createSegment({ sessionId: operation.sessionId, segmentId: operation.segmentId, requestId });
      case "append":
        return this.#append(operation, requestId);
      case "fork": {
        const { sourceId, segmentId, entryCount } = operation;
        const at = { case: "entryCount", value: BigInt(entryCount) } as const;
        return this.#client.forkSegment({ segmentId: sourceId, newSegmentId: segmentId, at, requestId });
      }
      case "truncate":
        return this.#client.truncateSegment({ segmentId: operation.segmentId, entryCount: BigInt(operation.entryCount), requestId });
      case "delete-segment":
        return this.#client.deleteSegment({ segmentId: operation.segmentId, requestId });
      case "delete-session":
        return this.#client.deleteSession({ sessionId: operation.sessionId, requestId });
      default:
        return operation satisfies never;
    }
  }

  close(): void {
    this.#client.close();
    this.#calls.close();
  }

  /** Sends the entries as the bytes that they are. */
  async #append({ segmentId, entries }: Extract<Operation, { kind: "append" }>, requestId: string): Promise<OperationAnswer> {
    const head = toBinary(AppendRequestSchema, create(AppendRequestSchema, { segmentId, requestId }));
    const request = concatenated([head, ...entries.map(entryField)]);
    const { firstIndex, entryCount, headPosition, replayed } = fromBinary(
      AppendResponseSchema,
      await this.#calls.answer("append", request),
    );
    const appended = { firstIndex: Number(firstIndex), entryCount: Number(entryCount), headPosition: Number(headPosition) };
    return { replayed, appended };
  }
}

function entryField(entry: Uint8Array): Uint8Array {
  return new BinaryWriter().tag(AppendRequestSchema.field.entries.number, WireType.LengthDelimited).bytes(entry).finish();
}
