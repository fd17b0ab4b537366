import type { Random } from "../../../journeys/load/random.js";
import type { Operation } from "../history.js";

/** Of the operations this part has a request id. */
const REQUEST_ID_PART = 0.8;

/** An operation before it has a name and values. */
export type OperationParams = Omit<Operation, "id" | "attempts" | "values" | "requestId"> & {
  /** How many entries it appends. */
  readonly count: number;
};

/** Gives a client's operations their names, and their entries values that nobody else's have. */
export class OperationDrafts {
  readonly #client: string;
  readonly #run: string;
  readonly #random: Random;
  #counter = 0;

  /** @param run begins request ids */
  constructor(client: string, run: string, random: Random) {
    this.#client = client;
    this.#run = run;
    this.#random = random;
  }

  draft({ count, ...params }: OperationParams): Omit<Operation, "attempts"> {
    const id = `${this.#client}:${this.#counter++}`;
    const values = Array.from({ length: count }, (_, part) => `${id}:${part}`);
    return { id, ...params, values, ...(this.#random() < REQUEST_ID_PART && { requestId: `${this.#run}.${id}` }) };
  }
}
