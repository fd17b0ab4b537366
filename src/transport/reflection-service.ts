import { setMaxListeners } from "node:events";
import type { DescService } from "@bufbuild/protobuf";
import type { BidiStreaming } from "../service/handlers.js";
import { untilStopping } from "../service/until-stopping.js";
import type { AnswerReflection } from "./reflection-answers.js";
import type { ServedMethod } from "./served-method.js";

/** Both versions have this one method, a stream both ways. */
const METHOD = "ServerReflectionInfo";
const PATHS = [`/grpc.reflection.v1.ServerReflection/${METHOD}`, `/grpc.reflection.v1alpha.ServerReflection/${METHOD}`] as const;

/** Server reflection, v1 and v1alpha, of every service on the socket. */
export class ReflectionService {
  readonly #services: readonly DescService[];
  readonly #stopping = new AbortController();
  #answers: Promise<ReadonlyMap<string, () => AnswerReflection>> | undefined;

  constructor(services: readonly DescService[]) {
    this.#services = services;
    setMaxListeners(0, this.#stopping.signal); // every stream listens to it
  }

  /** Its methods. */
  methods(): readonly ServedMethod<undefined>[] {
    return PATHS.map((path) => ({ path, name: METHOD, kind: "bidi_streaming", handler: this.#answerEach(path) }));
  }

  /** Loads what the first call would load. */
  async preload(): Promise<void> {
    await this.#load();
  }

  /** Ends the streams that are open. */
  drain(): void {
    this.#stopping.abort();
  }

  /** Asks one at a time, since an answer can be ten thousand times as long as its request. */
  #answerEach(path: string): BidiStreaming<undefined> {
    const load = () => this.#load();
    const stopping = this.#stopping.signal;
    return async function* (_deps, requests) {
      const answer = (await load()).get(path)?.();
      if (answer === undefined) throw new Error(`@grpc/reflection does not serve ${path} any more`);
      for await (const group of untilStopping(requests, stopping)) {
        for (const request of group) yield [answer(request)];
      }
    };
  }

  /** Loaded with the first call, for the same reason as the messages of health. */
  #load(): Promise<ReadonlyMap<string, () => AnswerReflection>> {
    this.#answers ??= import("./reflection-answers.js").then(({ reflectionAnswers }) => reflectionAnswers(this.#services));
    return this.#answers;
  }
}
