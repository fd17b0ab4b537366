/** Most calls that are kept in mind: a long tail may see many without a result. */
const CALLS_MAX = 1000;

/** The tool calls that have been drawn, so that a result can be joined to its call. */
export class ToolCalls {
  readonly #names = new Map<string, string>();

  /** Keeps a call in mind. */
  add(callId: string, name: string): void {
    this.#names.set(callId, name);
    const [oldest] = this.#names.keys();
    if (this.#names.size > CALLS_MAX && oldest !== undefined) this.#names.delete(oldest);
  }

  /** The tool that a call was of; undefined where no such call was seen. */
  toolOf(callId: string): string | undefined {
    return this.#names.get(callId);
  }
}
