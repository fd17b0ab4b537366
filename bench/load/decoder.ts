import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { DecodeAnswers } from "../floors/decode.js";
import { AskedProcess } from "./asked-process.js";
import type { RawCaller } from "./raw-caller.js";

/** A call whose answer is decoded as a floor. */
export interface DecodedCall {
  readonly method: string;
  readonly requests: readonly Uint8Array[];
  /** Name of the messages of the answer. */
  readonly messageName: string;
}

/** The floor: protobuf-es that decodes answers which are in its memory, in a process of its own. */
export class Decoder {
  readonly #process: AskedProcess<DecodeAnswers>;
  readonly #messageName: string;

  private constructor(process: AskedProcess<DecodeAnswers>, messageName: string) {
    this.#process = process;
    this.#messageName = messageName;
  }

  /** Makes the calls, keeps the answers and decodes them a few times, to be warm. */
  static async start(caller: RawCaller, folder: string, call: DecodedCall): Promise<Decoder> {
    const path = join(folder, "answer.bin");
    const file = openSync(path, "w");
    for (const request of call.requests) await caller.call(call.method, request, (bytes) => writeSync(file, bytes));
    closeSync(file);
    const process = await AskedProcess.start<DecodeAnswers>(new URL("../floors/decode.js", import.meta.url));
    await process.ask("load", path);
    const decoder = new Decoder(process, call.messageName);
    await decoder.decodeMs();
    await decoder.decodeMs();
    return decoder;
  }

  /** Decodes everything once, and says how long it took. */
  decodeMs(): Promise<number> {
    return this.#process.ask("decode", this.#messageName);
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }
}
