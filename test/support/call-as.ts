import { Child } from "./child.js";

/** Another user than the one who runs the tests. */
export interface OtherUser {
  readonly uid: number;
  readonly gid: number;
  /** Groups beside the main one. */
  readonly groups?: readonly number[];
}

/** Calls methods over plain HTTP/2, one after the other, and prints one line for each: the status, or how the connection failed. */
const CALLER = `
  import { connect } from "node:http2";
  import { connect as connectSocket } from "node:net";
  const [socket, ...paths] = process.argv.slice(1);
  for (const path of paths) {
    const line = await new Promise((resolve) => {
      const session = connect("http://localhost", { createConnection: () => connectSocket(socket).on("error", (e) => resolve(e.code)) });
      session.on("error", (error) => resolve(error.code));
      const stream = session.request({ ":method": "POST", ":path": path, "content-type": "application/grpc", te: "trailers" });
      stream.on("error", () => {});
      stream.on("response", (headers) => headers["grpc-status"] && resolve(headers["grpc-status"] + " " + headers["grpc-message"]));
      stream.on("trailers", (headers) => resolve(headers["grpc-status"]));
      stream.resume();
      stream.end(Buffer.alloc(5));
      setTimeout(resolve, 10000, "nothing").unref();
    });
    console.log(line);
  }
  process.exit();
`;

/** What somebody else gets who makes calls without a message on a socket: \`0\`, a status and its text, or such as EACCES. */
export async function callAs(user: OtherUser, socket: string, paths: readonly string[]): Promise<readonly string[]> {
  const { uid, gid, groups = [] } = user;
  const as = [`--reuid=${uid}`, `--regid=${gid}`, groups.length === 0 ? "--clear-groups" : `--groups=${groups.join(",")}`];
  const command = [process.execPath, "--input-type=module", "-e", CALLER, socket, ...paths];
  const child = new Child("setpriv", [...as, "--", ...command], { cwd: "/", env: { PATH: process.env.PATH ?? "" } });
  const lines: string[] = [];
  for (let line = await child.line(); line !== undefined; line = await child.line()) lines.push(line);
  if (lines.length < paths.length) throw new Error(`the other user's process ended with ${await child.ended()}: ${child.stderr}`);
  return lines;
}
