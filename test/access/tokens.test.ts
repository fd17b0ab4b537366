import { status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { AccessRole } from "../../gen/seglog/v1/admin_service_pb.js";
import { TailEdge } from "../../gen/seglog/v1/segment_service_pb.js";
import type { createSegmentClient } from "../../src/client/segment-client.js";
import { ROLES, type Role } from "../../src/model/caller.js";
import { aSegment } from "../support/a-segment.js";
import { adminAt, clientAt, type StartedWithSockets, startWithSockets } from "../support/daemon-with-sockets.js";
import { userInput } from "../support/entries.js";
import { refusalOf } from "../support/refusal.js";

const ROLE_NUMBERS = { read: AccessRole.READ, append: AccessRole.APPEND, admin: AccessRole.ADMIN };

test("a caller has the lesser of the socket's role and the token's, in all pairs", async () => {
  const started = await startWithSockets("required");
  const { segmentId } = await aSegment(started.client);

  for (const socketRole of ROLES) {
    for (const tokenRole of ROLES) {
      const client = clientAt(started.socketOf(socketRole), await tokenOf(started, tokenRole));
      const least = Math.min(ROLES.indexOf(socketRole), ROLES.indexOf(tokenRole));

      const answers = [
        await outcomeOf(client.listSessions({})),
        await outcomeOf(client.createSegment({})),
        await outcomeOf(client.truncateSegment({ segmentId, entryCount: 9n })),
      ];

      const wanted = ["OK", least >= 1 ? "OK" : "ROLE", least >= 2 ? expect.not.stringMatching(/^ROLE$/) : "ROLE"];
      expect([socketRole, tokenRole, ...answers]).toEqual([socketRole, tokenRole, ...wanted]);
    }
  }
});

test("where tokens are required, none and bad ones are UNAUTHENTICATED with BAD_TOKEN, for every kind of call", async () => {
  const started = await startWithSockets("required");
  const socket = started.socketOf("append");
  const good = await tokenOf(started, "append");
  const revoked = await tokenOf(started, "append");
  await started.admin.revokeToken({ tokenId: idIn(revoked) });

  for (const token of [undefined, "x", `${good.slice(0, -1)}${good.endsWith("A") ? "B" : "A"}`, revoked]) {
    const client = clientAt(socket, token);
    const calls = [
      client.getStatus({}),
      client.append({ segmentId: "x", entries: [] }),
      firstOf(client.tail({ scope: { case: "store", value: {} } })),
      firstOf(client.appendStream([{}])),
      client.importSegment([{}]),
    ];
    for (const call of calls) {
      const refusal = await refusalOf(call);
      expect(refusal).toMatchObject({ code: "UNAUTHENTICATED", reason: "BAD_TOKEN" });
      expect(JSON.stringify(refusal)).not.toContain(good.slice(-43, -10));
    }
  }
  expect(await clientAt(socket, good).getStatus({})).toMatchObject({ draining: false });
});

test("where tokens are optional, none gives the socket's role, a bad one nothing", async () => {
  const { socketOf } = await startWithSockets("optional");

  const without = clientAt(socketOf("append"));
  const bad = clientAt(socketOf("append"), "seglog_x");

  expect(await without.createSegment({})).toMatchObject({ segment: { entryCount: 1n } });
  expect(await refusalOf(bad.createSegment({}))).toMatchObject({ code: "UNAUTHENTICATED", reason: "BAD_TOKEN" });
});

test("where tokens are off, what is sent is passed over", async () => {
  const started = await startWithSockets("off");
  const reader = await tokenOf(started, "read");

  const created = await clientAt(started.socketOf("append"), reader).createSegment({});

  expect(created).toMatchObject({ segment: { entryCount: 1n } });
});

test("only an operator manages tokens and makes backups: not the holder of an admin token, nor who has a lesser socket", async () => {
  const started = await startWithSockets("optional");
  const holder = adminAt(started.socketOf("admin"), await tokenOf(started, "admin"));
  const lesser = adminAt(started.socketOf("append"));

  for (const admin of [holder, lesser]) {
    const calls = [
      admin.createToken({ role: AccessRole.ADMIN }),
      admin.listTokens({}),
      admin.revokeToken({ tokenId: "x" }),
      firstOf(admin.backup({ path: "/x" })),
    ];
    for (const call of calls) {
      expect(await refusalOf(call)).toMatchObject({ code: "PERMISSION_DENIED", reason: "ROLE", metadata: { role_wanted: "operator" } });
    }
  }
});

test("a revocation ends the open streams of that token, and of no other; what was open before cannot go on", async () => {
  const started = await startWithSockets("required");
  const { segmentId } = await aSegment(started.client);
  const socket = started.socketOf("append");
  const [taken, kept] = [await tokenOf(started, "append"), await tokenOf(started, "append")];
  const client = clientAt(socket, taken);
  const endOfTail = caughtUpTail(clientAt(socket, taken), segmentId);
  const keptTail = caughtUpTail(clientAt(socket, kept), segmentId);
  await Promise.all([endOfTail.caughtUp, keptTail.caughtUp]);
  await client.getStatus({}); // its connection knows the token

  await started.admin.revokeToken({ tokenId: idIn(taken) });

  expect(await endOfTail.end).toMatchObject({ code: status.UNAUTHENTICATED, reason: "BAD_TOKEN", metadata: { token_id: idIn(taken) } });
  expect(await refusalOf(client.getStatus({}))).toMatchObject({ code: "UNAUTHENTICATED", reason: "BAD_TOKEN" });
  await started.client.append({ segmentId, entries: [userInput("after")] });
  expect(await keptTail.next()).toBe("entries");
});

test("a token whose time comes is refused, and its tail ends", async () => {
  const started = await startWithSockets("required");
  const { segmentId } = await aSegment(started.client);
  const soon = Date.now() + 1500;
  const expireTime = { seconds: BigInt(Math.floor(soon / 1000)), nanos: (soon % 1000) * 1_000_000 };
  const { secret } = await started.admin.createToken({ role: AccessRole.READ, expireTime });
  const client = clientAt(started.socketOf("read"), secret);
  const tail = caughtUpTail(client, segmentId);
  await tail.caughtUp;

  expect(await tail.end).toMatchObject({ code: status.UNAUTHENTICATED, reason: "BAD_TOKEN" });
  expect(await refusalOf(client.getStatus({}))).toMatchObject({ reason: "BAD_TOKEN" });
  const { tokens } = await started.admin.listTokens({});
  expect(tokens).toMatchObject([{ tokenId: idIn(secret), expired: true }]);
});

test("tokens outlive the daemon, and so do revocations", async () => {
  const first = await startWithSockets("required");
  const [good, revoked] = [await tokenOf(first, "read"), await tokenOf(first, "read")];
  await first.admin.revokeToken({ tokenId: idIn(revoked) });
  await first.daemon.close();

  const later = await startWithSockets("required", first.folder);

  expect(await clientAt(later.socketOf("read"), good).getStatus({})).toMatchObject({ draining: false });
  expect(await refusalOf(clientAt(later.socketOf("read"), revoked).getStatus({}))).toMatchObject({ reason: "BAD_TOKEN" });
});

test("what a token cannot be is refused with its field", async () => {
  const { admin } = await startWithSockets("optional");
  const role = AccessRole.READ;

  const refused = [
    admin.createToken({}),
    admin.createToken({ role, namespaceId: "Garden/../x" }),
    admin.createToken({ role, name: "x".repeat(101) }),
    admin.createToken({ role, expireTime: { seconds: 1n } }),
    admin.revokeToken({ tokenId: "x" }),
  ];

  const fields = [];
  for (const call of refused) fields.push((await refusalOf(call)).fields);
  expect(fields).toEqual([["role"], ["namespace_id"], ["name"], ["expire_time"], ["token_id"]]);
});

async function tokenOf({ admin }: StartedWithSockets, role: Role): Promise<string> {
  const { secret } = await admin.createToken({ role: ROLE_NUMBERS[role] });
  return secret;
}

function idIn(token: string): string {
  return token.split("_")[1] ?? "";
}

async function outcomeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "OK",
    (error: { reason?: string }) => error.reason ?? "none",
  );
}

async function firstOf<T>(stream: AsyncIterable<T>): Promise<T | undefined> {
  for await (const message of stream) return message;
  return undefined;
}

/** A tail of a segment: when it has caught up, what comes next, and how it ends. */
function caughtUpTail(client: ReturnType<typeof createSegmentClient>, segmentId: string) {
  const messages = client.tail({ scope: { case: "segmentId", value: segmentId }, start: { case: "edge", value: TailEdge.BEGINNING } });
  const iterator = messages[Symbol.asyncIterator]();
  const next = async () => {
    const { value } = await iterator.next();
    return value?.event.case as string | undefined;
  };
  const caughtUp = (async () => {
    while ((await next()) !== "caughtUp");
  })();
  return {
    caughtUp,
    next,
    get end() {
      return caughtUp.then(next).catch((error: unknown) => error);
    },
  };
}
