import { readFileSync } from "node:fs";
import { fromBinary } from "@bufbuild/protobuf";
import { file_seglog_v1_segment_service } from "../../gen/seglog/v1/segment_service_pb.js";
import { answerQuestions } from "../load/asked-process.js";
import { monotonicMs } from "../load/clock.js";

/*
 * The floor of what gives entries or lists: protobuf-es that decodes the same messages, which are in memory already.
 */
let messages: Uint8Array[] = [];

const answers = {
  /** Takes the messages of an answer, as they came over the wire, from a file. */
  load(file: string): void {
    const bytes = readFileSync(file);
    messages = [];
    for (let at = 0; at < bytes.length; ) {
      const end = at + 5 + bytes.readUInt32BE(at + 1);
      messages.push(bytes.subarray(at + 5, end));
      at = end;
    }
  },

  /** Decodes them once, keeping what comes of it until all is decoded, and says how long that took, in milliseconds. */
  decode(messageName: string): number {
    const schema = file_seglog_v1_segment_service.messages.find(({ name }) => name === messageName);
    if (schema === undefined) throw new Error(`the service has no message ${messageName}`);
    const startMs = monotonicMs();
    const decoded = messages.map((message) => fromBinary(schema, message));
    const spentMs = monotonicMs() - startMs;
    if (decoded.length !== messages.length) throw new Error("not all was decoded");
    return spentMs;
  },
};

/** What the decoder can be asked. */
export type DecodeAnswers = typeof answers;

answerQuestions(answers);
