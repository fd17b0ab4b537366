import { randomBytes } from "node:crypto";
import { appendRequest, conversationEntries, varint } from "./conversation.js";
import { GRPC_PREFIX_BYTES, grpcMessage } from "./grpc-messages.js";

/** Length of a segment id, and of the request ids used here. */
const ID_CHARS = 26;
const ID_PLACEHOLDER = "0".repeat(ID_CHARS);
const REQUEST_ID_TAG = 0x2a;

/** Bytes of tag and number of a correlation id, which are always so many. */
const CORRELATION_BYTES = 3;
const CORRELATION_TAG = 0x08;
const APPEND_TAG = 0x12;

/** Correlation ids that take two bytes as varints. */
const CORRELATION_FIRST = 128;
const CORRELATION_COUNT = 2 ** 14 - CORRELATION_FIRST;

/** Different messages that are kept: enough that a compressor gains nothing across them, in so many bytes at most. */
const TEMPLATES_MAX = 64;
const TEMPLATE_BYTES_MAX = 16 * 1024 * 1024;

/** What the messages are like. */
export interface AppendShape {
  readonly entriesPerMessage: number;
  readonly entryBytes: number;
  readonly hasRequestIds: boolean;
}

/**
 * Appends encoded beforehand, of which only ids are written in when one is sent: of AppendStream with a correlation id,
 * or of Append.
 */
export class AppendMessages {
  readonly #templates: readonly Buffer[];
  readonly #isStreamed: boolean;
  readonly #segmentIdAt: number;
  readonly #requestIdPrefix: string | undefined;
  #made = 0;

  constructor(shape: AppendShape, call: "Append" | "AppendStream") {
    this.#templates = templatesOf(shape, call);
    this.#isStreamed = call === "AppendStream";
    this.#segmentIdAt = this.#templates[0]?.indexOf(ID_PLACEHOLDER) ?? 0;
    this.#requestIdPrefix = shape.hasRequestIds ? randomBytes(6).toString("hex") : undefined;
  }

  /** The next message, for a segment, as it goes over the wire. */
  next(segmentId: string): Buffer {
    const number = this.#made++;
    const message = Buffer.from(this.#templates[number % this.#templates.length] ?? []);
    message.write(segmentId, this.#segmentIdAt, "latin1");
    if (this.#isStreamed) writeCorrelation(message, correlationOf(number));
    if (this.#requestIdPrefix !== undefined) {
      const id = this.#requestIdPrefix + String(number).padStart(ID_CHARS - this.#requestIdPrefix.length, "0");
      message.write(id, message.length - ID_CHARS, "latin1");
    }
    return message;
  }
}

/** The correlation id of the message that was made so many messages after the first. */
export function correlationOf(number: number): number {
  return CORRELATION_FIRST + (number % CORRELATION_COUNT);
}

function writeCorrelation(message: Buffer, id: number): void {
  message[GRPC_PREFIX_BYTES + 1] = (id & 0x7f) | 0x80;
  message[GRPC_PREFIX_BYTES + 2] = id >>> 7;
}

/** Made once for each shape, and not again while something is measured. */
const madeTemplates = new Map<string, readonly Buffer[]>();

function templatesOf({ entriesPerMessage, entryBytes, hasRequestIds }: AppendShape, call: string): readonly Buffer[] {
  const name = [call, entriesPerMessage, entryBytes, hasRequestIds].join();
  const templates = madeTemplates.get(name) ?? makeTemplates({ entriesPerMessage, entryBytes, hasRequestIds }, call);
  madeTemplates.set(name, templates);
  return templates;
}

function makeTemplates(shape: AppendShape, call: string): readonly Buffer[] {
  const requests = templateRequests(shape);
  return (call === "Append" ? requests : requests.map(streamUnit)).map(grpcMessage);
}

function templateRequests({ entriesPerMessage, entryBytes, hasRequestIds }: AppendShape): readonly Uint8Array[] {
  const affordable = Math.floor(TEMPLATE_BYTES_MAX / (entriesPerMessage * entryBytes));
  const count = Math.max(1, Math.min(TEMPLATES_MAX, affordable));
  const entries = conversationEntries(Math.max(count, Math.min(count * entriesPerMessage, 1000)), entryBytes);
  return Array.from({ length: count }, (_, message) => {
    const first = message * entriesPerMessage;
    const own = Array.from({ length: entriesPerMessage }, (_entry, i) => entries[(first + i) % entries.length] ?? new Uint8Array());
    const request = appendRequest(ID_PLACEHOLDER, ...own);
    if (!hasRequestIds) return request;
    return Buffer.concat([request, Buffer.from([REQUEST_ID_TAG, ID_CHARS]), Buffer.from(ID_PLACEHOLDER)]);
  });
}

function streamUnit(request: Uint8Array): Uint8Array {
  const correlation = Buffer.alloc(CORRELATION_BYTES);
  correlation[0] = CORRELATION_TAG;
  return Buffer.concat([correlation, Buffer.from([APPEND_TAG]), varint(request.length), request]);
}
