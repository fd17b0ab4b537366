import type { MessageInitShape } from "@bufbuild/protobuf";
import { onTestFinished } from "vitest";
import type { Entry } from "../../gen/seglog/v1/entry_pb.js";
import type { TailRequestSchema, TailResponse } from "../../gen/seglog/v1/segment_service_pb.js";
import { SegmentClientError } from "../../src/client/client-error.js";
import type { SegmentClient } from "../../src/client/segment-client.js";

/** What a tail is asked for. */
export type TailInit = MessageInitShape<typeof TailRequestSchema>;

/** A tail that a test reads message by message. It is left when the test is finished. */
export interface Tailing {
  /** The next message; undefined behind the last. */
  next(): Promise<TailResponse | undefined>;
  /** Messages up to the first of a kind, with that. */
  upTo(kind: NonNullable<TailResponse["event"]["case"]>): Promise<readonly TailResponse[]>;
  /** All that is left. */
  rest(): Promise<readonly TailResponse[]>;
  leave(): Promise<void>;
}

/** Begins a tail. */
export function startTail(client: SegmentClient, request: TailInit): Tailing {
  const ending = new AbortController();
  const messages = client.tail(request, { signal: ending.signal })[Symbol.asyncIterator]();
  const tail: Tailing = {
    async next() {
      const { done, value } = await messages.next();
      return done ? undefined : value;
    },
    async upTo(kind) {
      const read: TailResponse[] = [];
      for (let message = await tail.next(); message !== undefined; message = await tail.next()) {
        read.push(message);
        if (message.event.case === kind) return read;
      }
      throw new Error(`the tail ended before ${kind}, after ${read.map(({ event }) => event.case).join(", ")}`);
    },
    async rest() {
      const read: TailResponse[] = [];
      for (let message = await tail.next(); message !== undefined; message = await tail.next()) read.push(message);
      return read;
    },
    async leave() {
      ending.abort();
      await messages.next().catch((error: unknown) => {
        if (!(error instanceof SegmentClientError)) throw error;
      });
      await messages.return?.();
    },
  };
  onTestFinished(() => tail.leave());
  return tail;
}

/** What a tail says until it has caught up. */
export async function tailed(client: SegmentClient, request: TailInit): Promise<readonly TailResponse[]> {
  const tail = startTail(client, request);
  const messages = await tail.upTo("caughtUp");
  await tail.leave();
  return messages;
}

/** A message in short: its kind, or its entries as `segment:index`, with segments by name where one is given. */
export function inShort(messages: readonly TailResponse[], names: Readonly<Record<string, string>> = {}): readonly string[] {
  const nameOf = (id: string) => names[id] ?? id;
  return messages.flatMap(({ event }): readonly string[] => {
    switch (event.case) {
      case "entries":
        return event.value.batches.flatMap(({ segmentId, entries }) => entries.map(({ index }) => `${nameOf(segmentId)}:${index}`));
      case "segmentTruncated":
        return [`${nameOf(event.value.segmentId)} truncated to ${event.value.entryCount}`];
      case "segmentDeleted":
        return [`${nameOf(event.value.segmentId)} deleted`];
      case "sessionDeleted":
        return [`${nameOf(event.value.sessionId)} deleted`];
      default:
        return [event.case ?? "nothing"];
    }
  });
}

/** The entries of messages. */
export function entriesOfTail(messages: readonly TailResponse[]): readonly Entry[] {
  return messages.flatMap(({ event }) => (event.case === "entries" ? event.value.batches.flatMap(({ entries }) => entries) : []));
}
