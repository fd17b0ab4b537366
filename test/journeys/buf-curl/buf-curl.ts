import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
/** The program itself: what npm puts on the path starts Node first, each time. */
const BUF = `${ROOT}node_modules/@bufbuild/buf-${process.platform}-${process.arch}/bin/buf`;

/** One message as JSON, which whoever reads it knows the form of. */
export type JsonMessage = Readonly<Record<string, unknown>>;

/** How buf learns the contract. */
export const SCHEMAS = {
  "reflection v1": ["--reflect-protocol", "grpc-v1"],
  "reflection v1alpha": ["--reflect-protocol", "grpc-v1alpha"],
  "the descriptor set": ["--schema", `${ROOT}seglog.v1.binpb`],
} as const;

/** A name of those. */
export type SchemaName = keyof typeof SCHEMAS;

/** Calls with `buf curl` over a socket, as anybody would from a shell. */
export class BufCurl {
  readonly #arguments: readonly string[];

  constructor(socket: string, schema: SchemaName) {
    this.#arguments = ["curl", "--protocol", "grpc", "--http2-prior-knowledge", "--unix-socket", socket, ...SCHEMAS[schema]];
  }

  /** What the daemon says that it has: `services` or `methods`. */
  async list(what: "services" | "methods"): Promise<string[]> {
    const lines: string[] = [];
    for await (const line of this.#run([`--list-${what}`, "http://localhost"], "")) lines.push(line);
    return lines;
  }

  /**
   * Calls a method of SegmentService with messages, and gives the answers as they come.
   *
   * @throws Error with what buf says of the status where it is not OK
   */
  async *call(method: string, requests: readonly JsonMessage[]): AsyncGenerator<JsonMessage, void> {
    const input = requests.map((request) => `${JSON.stringify(request)}\n`).join("");
    let text = "";
    for await (const line of this.#run(["-d", "@-", `http://localhost/seglog.v1.SegmentService/${method}`], input)) {
      text += line;
      if (line !== "}" && line !== "{}") continue; // what is indented belongs to a message, whose last line is not
      yield JSON.parse(text) as JsonMessage; // as it names itself
      text = "";
    }
  }

  async *#run(last: readonly string[], input: string): AsyncGenerator<string, void> {
    const child = spawn(BUF, [...this.#arguments, ...last], { stdio: ["pipe", "pipe", "pipe"] });
    const ended = once(child, "close");
    let complaint = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaint += text;
    });
    child.stdin.end(input);
    try {
      yield* createInterface(child.stdout);
      const [code] = await ended;
      if (code !== 0) throw new Error(`buf ended with ${String(code)}: ${complaint}`);
    } finally {
      child.kill();
    }
  }
}
