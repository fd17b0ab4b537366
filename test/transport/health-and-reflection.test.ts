import { execFile } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { Client, credentials, type ServiceError } from "@grpc/grpc-js";
import fc from "fast-check";
import { service as healthDefinition } from "grpc-health-check";
import { expect, onTestFinished, test, vi } from "vitest";
import { openRawCall, rawOutcome, rawSession } from "../support/raw-call.js";
import { rawClient } from "../support/raw-client.js";
import { serveHandlers } from "../support/serve-handlers.js";

const UNKNOWN_CODES_OF_NO_CRASH = [0, 5, 13];

test.each(["", "seglog.v1.SegmentService"])("health of %j follows what the server is told", async (service) => {
  const { server, socket } = await serveHandlers({});
  const health = healthClient(socket);

  const before = await health.check(service);
  server.setServing(false);
  const after = await health.check(service);

  expect([before, after]).toEqual(["SERVING", "NOT_SERVING"]);
});

test("health of a service that is not here is NOT_FOUND, without its name", async () => {
  const { socket } = await serveHandlers({});

  const checked = healthClient(socket).check("x".repeat(100_000));

  await expect(checked).rejects.toMatchObject({ code: 5, details: "there is no such service here" });
});

test("who watches the health is told of the drain, and sent away", async () => {
  const { server, socket } = await serveHandlers({});
  const watching = healthClient(socket).watch("");

  expect(await watching.next()).toMatchObject({ value: "SERVING" });
  const drained = server.drain();
  expect(await watching.next()).toMatchObject({ value: "NOT_SERVING" });
  await expect(watching.next()).rejects.toMatchObject({ code: 14 });
  await drained;
});

test.each(["v1", "v1alpha"])("who has reflection %s open is sent away by a drain", async (version) => {
  const { server, socket } = await serveHandlers({});
  const stream = openRawCall(rawSession(socket), { ":path": `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo` });
  stream.write(Buffer.from([0, 0, 0, 0, 2, 0x3a, 0])); // list_services
  await once(stream, "data");

  const outcome = rawOutcome(stream);
  await server.drain();

  expect((await outcome).headers).toMatchObject({ "grpc-status": "14" });
});

test("malformed bytes to health and reflection are answered, and the server goes on", async () => {
  const { client, socket, unexpected } = await serveHandlers({ getStatus: async () => new Uint8Array() });
  const raw = rawClient(socket);

  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), async (bytes) => {
      expect(UNKNOWN_CODES_OF_NO_CRASH).toContain(await raw.call("/grpc.health.v1.Health/Check", bytes));
      expect(UNKNOWN_CODES_OF_NO_CRASH).toContain(await raw.call("/grpc.health.v1.Health/List", bytes));
      for (const version of ["v1", "v1alpha"]) {
        const answer = await raw.stream(`/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`, [bytes]);
        expect(answer instanceof Buffer ? 0 : (answer as ServiceError).code).oneOf(UNKNOWN_CODES_OF_NO_CRASH); // else an error of grpc-js
      }
    }),
    { numRuns: 100 },
  );

  await client.getStatus({});
  expect(unexpected).toEqual([]);
});

test("names of JavaScript's own objects are no symbols to reflection", async () => {
  const { client, socket } = await serveHandlers({ getStatus: async () => new Uint8Array() });
  const raw = rawClient(socket);

  for (const name of ["__proto__", "constructor", "toString"]) {
    for (const field of [3, 4, 6]) {
      const request = Buffer.from([(field << 3) | 2, name.length, ...Buffer.from(name)]);
      const answer = await raw.stream("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", [request]);
      expect(answer).toBeInstanceOf(Buffer);
    }
  }

  await client.getStatus({});
});

test.each(["grpc-v1", "grpc-v1alpha"])(
  "buf curl lists every service and calls through reflection %s",
  async (reflection) => {
    const { socket } = await serveHandlers({ getStatus: async () => new Uint8Array([0x12, 3, 0x31, 0x2e, 0x30]) });

    const services = await bufCurl(socket, ["--reflect-protocol", reflection, "--list-services", "http://localhost"]);
    const methods = await bufCurl(socket, ["--reflect-protocol", reflection, "--list-methods", "http://localhost"]);
    const status = await bufCurl(socket, ["--reflect-protocol", reflection, "http://localhost/seglog.v1.SegmentService/GetStatus"]);
    const health = await bufCurl(socket, ["--reflect-protocol", reflection, "http://localhost/grpc.health.v1.Health/Check"]);

    expect(services.split("\n").sort()).toEqual([
      "grpc.health.v1.Health",
      "grpc.reflection.v1.ServerReflection",
      "grpc.reflection.v1alpha.ServerReflection",
      "seglog.v1.SegmentService",
    ]);
    expect(methods.split("\n")).toContain("seglog.v1.SegmentService/AppendStream");
    expect(JSON.parse(status)).toEqual({ version: "1.0" });
    expect(JSON.parse(health)).toEqual({ status: "SERVING" });
  },
  30_000,
);

test("starting a server writes nothing to the console", async () => {
  const warn = vi.spyOn(console, "warn");
  const error = vi.spyOn(console, "error");

  await serveHandlers({});

  expect(warn).not.toHaveBeenCalled();
  expect(error).not.toHaveBeenCalled();
});

async function bufCurl(socket: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)("node_modules/.bin/buf", [
    "curl",
    "--protocol",
    "grpc",
    "--http2-prior-knowledge",
    "--unix-socket",
    socket,
    ...args,
  ]);
  return stdout.trim();
}

function healthClient(socket: string) {
  const client = new Client(`unix:${socket}`, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });
  onTestFinished(() => client.close());
  const { Check, Watch } = healthDefinition as Record<"Check" | "Watch", (typeof healthDefinition)[string]>; // its two methods that are asked for
  return {
    check: (service: string) =>
      new Promise<string>((resolve, reject) => {
        client.makeUnaryRequest(Check.path, Check.requestSerialize, Check.responseDeserialize, { service }, (error, health) => {
          if (error) reject(error);
          else resolve((health as { status: string }).status); // as its proto says
        });
      }),
    async *watch(service: string) {
      for await (const health of client.makeServerStreamRequest(Watch.path, Watch.requestSerialize, Watch.responseDeserialize, {
        service,
      })) {
        yield (health as { status: string }).status; // as its proto says
      }
    },
  };
}
