import { expect, test } from "vitest";
import { AdminService } from "../../gen/seglog/v1/admin_service_pb.js";
import { SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { MAIN } from "../support/cli.js";
import { BufCurl, type JsonMessage } from "./buf-curl/buf-curl.js";
import { callEveryMethod, type Exchange, GIVEN } from "./buf-curl/every-method.js";
import { startTestProcess } from "./daemon/test-process.js";

/** What is the daemon's own: times, ids, tokens, and sizes that depend on the length of a time. */
const OWN = new Set(["version", "storeId", "startTime", "createTime", "updateTime", "resumeToken", "storeByteSize", "byteSize"]);

test.each(["reflection v1", "reflection v1alpha"] as const)("buf curl through %s lists every service and method", async (schema) => {
  const { socket } = await startTestProcess(MAIN);
  const buf = new BufCurl(socket, schema);

  const services = await buf.list("services");
  const methods = await buf.list("methods");

  expect(services.toSorted()).toEqual([
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
    AdminService.typeName,
    SegmentService.typeName,
  ]);
  const ours = [AdminService, SegmentService].flatMap((service) => service.methods.map(({ name }) => `${service.typeName}/${name}`));
  expect(methods.filter((name) => name.startsWith("seglog.")).toSorted()).toEqual(ours.toSorted());
});

test("buf curl calls every method, with the same answers whether it asks for the contract or has it", { timeout: 180_000 }, async () => {
  const journeys: (readonly Exchange[])[] = [];
  for (const schema of ["reflection v1", "the descriptor set"] as const) {
    const { socket } = await startTestProcess(MAIN);
    journeys.push(await callEveryMethod(new BufCurl(socket, schema)));
  }

  const [first = [], ...others] = journeys.map((exchanges) => exchanges.map(withoutOwn));
  for (const other of others) expect(other).toEqual(first);
  const called = new Set(first.map(([method]) => method));
  expect([...called].toSorted()).toEqual(SegmentService.methods.map(({ name }) => name).toSorted());
  expect(first).toMatchSnapshot();
});

function withoutOwn([method, answers]: Exchange): Exchange {
  const hidden = (name: string, value: unknown) => (OWN.has(name) ? `(${name})` : typeof value === "string" ? withoutOwnIds(value) : value);
  return [method, answers.map((answer) => JSON.parse(JSON.stringify(answer, hidden)) as JsonMessage)]; // a message stays one
}

function withoutOwnIds(text: string): string {
  const given: readonly string[] = Object.values(GIVEN);
  return text
    .replace(/\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b/g, (id) => (given.includes(id) ? id : "(id)"))
    .replace(/^20[^Z]*Z$/, (time) => (time.startsWith("2026-01-02T03:04:05") ? time : "(time)"));
}
