import { statSync } from "node:fs";
import { join } from "node:path";
import { Client, credentials } from "@grpc/grpc-js";
import { describe, expect, onTestFinished, test } from "vitest";
import { SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { createSegmentClient } from "../../src/client/segment-client.js";
import { ROLES, type Role } from "../../src/model/caller.js";
import { aSegment, collected } from "../support/a-segment.js";
import { userInput } from "../support/entries.js";
import { ONE_TRY } from "../support/one-try.js";
import { rawService } from "../support/raw-service.js";
import { refusalOf } from "../support/refusal.js";
import { startTestDaemon, temporaryFolder } from "../support/test-daemon.js";

type MethodName = keyof (typeof SegmentService)["method"];

/** Said once more, in other words than the code's: what nobody but an operator may do, and what changes nothing. */
const TAKES_AWAY: readonly MethodName[] = ["truncateSegment", "deleteSegment", "deleteSession"];
const LOOKS: readonly MethodName[] = [
  ...(["restoreSegment", "readEntries", "readTrace", "tail", "getStatus"] as const),
  ...(["getSegment", "getSession", "listSegments", "listSessions"] as const),
];
const METHODS = Object.keys(SegmentService.method) as MethodName[]; // Object.keys forgets the names

/** No method takes these bytes; whoever may call it is told so. */
const GARBAGE = Buffer.from([0xff, 0xff, 0xff]);

describe.each(ROLES)("on a socket of role %s", (role) => {
  test("each method is answered or refused as its role says", async () => {
    const { socketOf } = await startWithRoles();
    const service = rawService(socketOf(role));

    for (const method of METHODS) {
      const answer = await collected(service.answers(method, GARBAGE)).then(
        () => "OK",
        (error: { reason?: string }) => error.reason,
      );
      const isAllowed = role === "admin" || LOOKS.includes(method) || (role === "append" && !TAKES_AWAY.includes(method));
      const answered = method === "appendStream" ? "OK" : "INVALID_FIELD"; // its units have answers of their own
      expect([method, answer]).toEqual([method, isAllowed ? answered : "ROLE"]);
    }
  });

  test("health is answered", async () => {
    const { socketOf } = await startWithRoles();
    const client = new Client(`unix:${socketOf(role)}`, credentials.createInsecure());
    onTestFinished(() => client.close());
    const bytes = (message: Buffer) => message;

    const answer = await new Promise<Buffer | undefined>((resolve, reject) => {
      client.makeUnaryRequest("/grpc.health.v1.Health/Check", bytes, bytes, Buffer.alloc(0), (error, response) =>
        error ? reject(error) : resolve(response),
      );
    });

    expect(answer).toEqual(Buffer.from([8, 1])); // status: SERVING
  });
});

test("a refusal says which role there is and which one it takes, and nothing has happened", async () => {
  const { client, socketOf } = await startWithRoles();
  const { segmentId } = await aSegment(client);
  const reader = clientAt(socketOf("read"));
  const writer = clientAt(socketOf("append"));

  const append = await refusalOf(reader.append({ segmentId, entries: [userInput("no")] }));
  const deletion = await refusalOf(writer.deleteSegment({ segmentId }));

  expect(append).toMatchObject({
    code: "PERMISSION_DENIED",
    reason: "ROLE",
    message: "Append needs role append; this caller has role read",
    metadata: { method: "Append", role: "read", role_wanted: "append" },
  });
  expect(deletion).toMatchObject({ reason: "ROLE", metadata: { method: "DeleteSegment", role: "append", role_wanted: "admin" } });
  const { segment } = await reader.getSegment({ segmentId });
  expect(segment?.entryCount).toBe(1n);
});

test("the main socket may have a lesser role", async () => {
  const { client } = await startTestDaemon({ config: { socketRole: "read" } });

  expect(await client.getStatus({})).toMatchObject({ draining: false });
  expect(await refusalOf(client.createSegment({}))).toMatchObject({ reason: "ROLE" });
});

test("each socket has the mode that was asked for, and all are gone after the stop", async () => {
  const { daemon, socketOf } = await startWithRoles();
  const modes = ROLES.map((role) => (statSync(socketOf(role)).mode & 0o777).toString(8));

  await daemon.close();

  expect(modes).toEqual(["666", "660", "600"]);
  expect(daemon.addresses).toEqual([socketOf("admin"), socketOf("read"), socketOf("append")]);
  for (const role of ROLES) expect(statSync(socketOf(role), { throwIfNoEntry: false })).toBeUndefined();
});

test("where one socket cannot be had the daemon does not start, and leaves none behind", async () => {
  const taken = await startWithRoles();
  const folder = temporaryFolder();

  const starting = startTestDaemon({
    folder,
    config: { listen: [unix(join(folder, "a.sock"), "append", 0o600), unix(taken.socketOf("read"), "read", 0o600)] },
  });

  await expect(starting).rejects.toMatchObject({ name: "SocketInUseError", message: expect.stringContaining(taken.socketOf("read")) });
  for (const name of ["run/seglog.sock", "a.sock"]) expect(statSync(join(folder, name), { throwIfNoEntry: false })).toBeUndefined();
});

function unix(path: string, role: Role, mode: number) {
  return { transport: "unix" as const, path, role, tokens: "optional" as const, mode, group: undefined, uids: [], gids: [] };
}

async function startWithRoles() {
  const folder = temporaryFolder();
  const socketOf = (role: Role) => (role === "admin" ? join(folder, "run", "seglog.sock") : join(folder, `${role}.sock`));
  const listen = [unix(socketOf("read"), "read", 0o666), unix(socketOf("append"), "append", 0o660)];
  return { ...(await startTestDaemon({ folder, config: { listen } })), socketOf };
}

function clientAt(socket: string) {
  const client = createSegmentClient({ socket }, ONE_TRY);
  onTestFinished(() => client.close());
  return client;
}
