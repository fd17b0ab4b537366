import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { Code } from "../../gen/google/rpc/code_pb.js";
import { httpRefusal } from "./call-headers.js";
import type { Connection } from "./connection.js";
import { leaveUnread } from "./leave-unread.js";
import { MethodRunner, type ServiceRules } from "./method-runner.js";
import type { ServedMethod } from "./served-method.js";
import { ServerCall } from "./server-call.js";

/** Brings each request to the method that it is for, by its path. */
export class CallRouter {
  readonly #runners = new Map<string | undefined, { run(call: ServerCall): void }>();

  /** Adds the methods of a service. */
  add<Deps>(methods: readonly ServedMethod<Deps>[], rules: ServiceRules<Deps>): void {
    for (const method of methods) this.#runners.set(method.path, new MethodRunner(method, rules));
  }

  /** Takes over a request that has just come. */
  route(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, connection: Connection): void {
    stream.on("error", ignore);
    if (stream.closed) {
      connection.countReset();
      return;
    }
    stream.on("aborted", connection.onAborted);
    const refusal = httpRefusal(headers);
    if (refusal !== undefined) {
      stream.respond(refusal, { endStream: true });
      leaveUnread(stream);
      return;
    }
    const call = new ServerCall(stream, headers, connection);
    const runner = this.#runners.get(headers[":path"]);
    if (runner === undefined) call.fail({ code: Code.UNIMPLEMENTED, message: "there is no such method here" });
    else runner.run(call);
  }
}

/** A stream that breaks off has an error besides its `aborted`, which is what calls listen to. */
function ignore(): void {}
