import { create, toBinary } from "@bufbuild/protobuf";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { GetSessionRequestSchema, ListSessionsRequestSchema, ListSessionsResponseSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import type { BenchCase, BenchContext } from "../bench-case.js";
import { inTurn } from "../in-turn.js";
import { monotonicMs } from "../load/clock.js";
import { Decoder } from "../load/decoder.js";
import { GrpcMessageReader } from "../load/grpc-messages.js";
import { unaryCalls } from "../load/h2load.js";
import { startEcho } from "../load/processes.js";
import type { RawCaller } from "../load/raw-caller.js";
import { type SeglogBench, withSeglog } from "../load/with-seglog.js";
import { type Row, rowOf } from "../row.js";

const PAGE_SIZE = 1000;
/** Every answer holds an id. */
const ID_BYTES = 26;
const IN_FLIGHT = 16;
const DECODING = "decoding in process";

/** Lists and look-ups in a store of many sessions. */
export const listCases: readonly BenchCase[] = [
  {
    name: "ListSessions and GetSession",
    isQuick: true,
    run: (context) => withSeglog(context.folder, (bench) => lists(context, bench)),
  },
];

async function lists(context: BenchContext, bench: SeglogBench): Promise<readonly Row[]> {
  const { seglog, client, caller, onEnd } = bench;
  const { folder, runs } = context;
  const sessionCount = context.isQuick ? 10_000 : 100_000;
  const calls = context.isQuick ? 3000 : 50_000;
  const called = { folder, inFlight: IN_FLIGHT, message: new Uint8Array(), answerBytesMin: ID_BYTES };
  unaryCalls({ ...called, socket: seglog.socket, path: "/seglog.v1.SegmentService/CreateSegment", inFlight: 128, calls: sessionCount });

  const requests = await listRequests(caller);
  const decoder = await Decoder.start(caller, folder, { method: "ListSessions", requests, messageName: "ListSessionsResponse" });
  onEnd(() => decoder.stop());
  const listed = await inTurn(runs, {
    seglog: async () => {
      const startMs = monotonicMs();
      for (const request of requests) await caller.call("ListSessions", request);
      return (sessionCount * 1000) / (monotonicMs() - startMs);
    },
    [DECODING]: async () => (sessionCount * 1000) / (await decoder.decodeMs()),
  });

  const echo = await startEcho(folder);
  onEnd(() => echo.stop());
  const sessionId = (await client.listSessions({ pageSize: 1 })).sessions[0]?.sessionId ?? "";
  const message = toBinary(GetSessionRequestSchema, create(GetSessionRequestSchema, { sessionId }));
  const rate = async (socket: string) =>
    unaryCalls({ ...called, socket, message, path: "/seglog.v1.SegmentService/GetSession", calls }).callsPerSecond;
  for (const socket of [echo.socket, seglog.socket]) await rate(socket);
  const got = await inTurn(runs, { seglog: () => rate(seglog.socket), echo: () => rate(echo.socket) });
  return [
    rowOf({
      case: `ListSessions, all of ${sessionCount} by pages of ${PAGE_SIZE}`,
      unit: "sessions/s",
      figures: listed.seglog,
      beside: { [DECODING]: listed[DECODING] },
    }),
    rowOf({
      case: `GetSession of ${sessionCount}, ${IN_FLIGHT} in flight`,
      unit: "calls/s",
      figures: got.seglog,
      beside: { echo: got.echo },
    }),
  ];
}

/** The requests of all pages, so that nobody has to read an answer to know what to ask next. */
async function listRequests(caller: RawCaller): Promise<readonly Uint8Array[]> {
  const requests: Uint8Array[] = [];
  let pageToken: string | undefined = "";
  while (pageToken !== undefined) {
    const request = toBinary(ListSessionsRequestSchema, create(ListSessionsRequestSchema, { pageSize: PAGE_SIZE, pageToken }));
    requests.push(request);
    pageToken = undefined;
    const messages = new GrpcMessageReader((message) => {
      pageToken = nextPageToken(message);
    });
    await caller.call("ListSessions", request, (bytes) => messages.read(bytes));
  }
  return requests;
}

function nextPageToken(message: Uint8Array): string | undefined {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === ListSessionsResponseSchema.field.nextPageToken.number) return reader.string() || undefined;
    reader.skip(wireType);
  }
  return undefined;
}
