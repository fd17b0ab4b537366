import { createServer, type ServerHttp2Stream } from "node:http2";

/*
 * The floor: what node:http2 alone does with the same bytes. Run as a process of its own with the path of
 * its socket; answers every request with its body and the trailers of a gRPC call.
 */
const [, , socket] = process.argv;
const server = createServer();
server.on("stream", (stream: ServerHttp2Stream) => {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  stream.on("end", () => {
    stream.respond({ ":status": 200, "content-type": "application/grpc+proto" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(Buffer.concat(chunks));
  });
});
server.listen(socket, () => process.send?.("ready"));
// It ends with the bench, however that ends.
process.on("disconnect", () => process.exit());
