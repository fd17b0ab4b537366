import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectTcp, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import { status } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { AccessRole } from "../../gen/seglog/v1/admin_service_pb.js";
import { createAdminClient } from "../../src/client/admin-client.js";
import type { ClientTls } from "../../src/client/client-credentials.js";
import { createSegmentClient } from "../../src/client/segment-client.js";
import type { TcpListenEntry } from "../../src/daemon/config/listen-entry.js";
import { TLS_HANDSHAKES_MAX } from "../../src/model/limits.js";
import { type Certificate, CertificateMaker } from "../support/certificates.js";
import { refusalOf } from "../support/refusal.js";
import { startTestDaemon, temporaryFolder } from "../support/test-daemon.js";

describe("over plain TCP on loopback", () => {
  test("a token is always wanted, and gives what it says", async () => {
    const { address, token } = await startOnTcp();

    const without = await refusalOf(clientAt(address).getStatus({}));
    const created = await clientAt(address, { token }).createSegment({});

    expect(without).toMatchObject({ code: "UNAUTHENTICATED", reason: "BAD_TOKEN" });
    expect(created).toMatchObject({ segment: { entryCount: 1n } });
  });

  test("nobody is an operator, whatever the token and the role of the address", async () => {
    const { address, admin } = await startOnTcp({ role: "admin" });
    const { secret: token } = await admin.createToken({ role: AccessRole.ADMIN });
    const remote = createAdminClient({ address }, { token });
    onTestFinished(() => remote.close());

    expect(await refusalOf(remote.listTokens({}))).toMatchObject({ code: "PERMISSION_DENIED", reason: "ROLE" });
    expect(await clientAt(address, { token }).getStatus({})).toMatchObject({ draining: false });
  });

  test("an address that is taken stops the start, with what it was", async () => {
    const { port } = await startOnTcp();

    const second = startOnTcp({ port });

    await expect(second).rejects.toMatchObject({
      name: "SocketInUseError",
      message: expect.stringContaining(`somebody listens on tcp:127.0.0.1:${port} already`),
    });
  });

  test("a client sends no token beyond this machine without TLS, and does not show it", () => {
    const token = `seglog_01ARZ3NDEKTSV4RRFFQ69G5FAV_${"s".repeat(43)}`;

    for (const address of ["10.0.0.1:7443", "log.example:7443", "[2001:db8::1]:7443"]) {
      expect(() => createSegmentClient({ address }, { token })).toThrow(`a token is not sent to ${address} without TLS`);
    }
    expect(() => createSegmentClient({ socket: "x" }, { token: `${token}\n` })).toThrow(
      /^the token is empty or has characters that no token has$/,
    );
  });
});

describe("over TLS", () => {
  let folder: string;
  let make: CertificateMaker;
  let authority: Certificate;
  let server: Certificate;
  let good: Certificate;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "seglog-tls-"));
    make = new CertificateMaker(folder);
    authority = make.authority("authority");
    server = make.issue("server", authority);
    good = make.issue("client", authority);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const files = (): TcpListenEntry["tls"] => ({ ...server, clientCa: authority.cert });
  const tlsOf = ({ cert, key }: Certificate): ClientTls => ({
    ca: readFileSync(authority.cert),
    cert: readFileSync(cert),
    key: readFileSync(key),
  });

  test("who has a certificate and a token is served; a certificate alone is not enough", async () => {
    const { address, token } = await startOnTcp({ tls: files() });

    const served = await clientAt(address, { token, tls: tlsOf(good) }).createSegment({});
    const without = await refusalOf(clientAt(address, { tls: tlsOf(good) }).getStatus({}));

    expect(served).toMatchObject({ segment: { entryCount: 1n } });
    expect(without).toMatchObject({ code: "UNAUTHENTICATED", reason: "BAD_TOKEN" });
  });

  test("nobody is served who has no certificate, one of another authority, one of their own, or one that has expired", async () => {
    const { address, token, port, logLines } = await startOnTcp({ tls: files() });
    const other = make.authority("other");
    const clients: ClientTls[] = [
      { ca: readFileSync(authority.cert) },
      tlsOf(make.issue("stranger", other)),
      tlsOf(other),
      tlsOf(make.issue("expired", authority, { days: -1 })),
    ];

    for (const tls of clients) {
      const call = clientAt(address, { token, tls }).getStatus({}, { deadlineMs: 5000 });
      await expect(call).rejects.toMatchObject({ code: status.UNAVAILABLE, reason: undefined });
    }
    await expect(clientAt(address, { token }).getStatus({}, { deadlineMs: 5000 })).rejects.toMatchObject({ code: status.UNAVAILABLE });
    expect(await handshakeAt(port, good)).toEqual({ protocol: "TLSv1.3", alpn: "h2" });
    expect(logLines.join("")).not.toContain(token.slice(-43));
  });

  test("a client does not believe a daemon of another authority", async () => {
    const { address, token } = await startOnTcp({
      tls: { ...make.issue("impostor", make.authority("elsewhere")), clientCa: authority.cert },
    });

    const call = clientAt(address, { token, tls: tlsOf(good) }).getStatus({}, { deadlineMs: 5000 });

    await expect(call).rejects.toMatchObject({ code: status.UNAVAILABLE });
  });

  test("TLS 1.2 and other protocols than HTTP/2 are refused, or silence about the protocol", async () => {
    const { port } = await startOnTcp({ tls: files() });

    const outcomes = [
      await handshakeAt(port, good, { maxVersion: "TLSv1.2" }),
      await handshakeAt(port, good, { ALPNProtocols: ["http/1.1"] }),
      await handshakeAt(port, good, { ALPNProtocols: [] }),
      await handshakeAt(port, good),
    ];

    expect(outcomes).toEqual(["refused", "refused", "refused", { protocol: "TLSv1.3", alpn: "h2" }]);
  });

  test("a session is not resumed: who comes again proves themselves again", async () => {
    const { port } = await startOnTcp({ tls: files() });
    const first = await open(port, good);
    let session: Buffer | undefined;
    first.on("session", (ticket) => {
      session = ticket;
    });
    first.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", "latin1");
    await new Promise((resolve) => first.once("data", resolve)); // tickets come before anything else
    first.destroy();

    const again = await open(port, good, session === undefined ? {} : { session });

    expect(again.isSessionReused()).toBe(false);
    again.destroy();
  });

  test("a thousand who never finish their handshake keep nobody out, and are dropped", async () => {
    const { address, token, port, daemon } = await startOnTcp({ tls: files() });
    const idle: Socket[] = [];
    let openCount = 0;
    for (let i = 0; i < 1000; i++) {
      const socket = connectTcp(port, "127.0.0.1");
      socket.on("error", () => {});
      socket.once("close", () => openCount--);
      idle.push(socket);
      await new Promise((resolve) => socket.once("connect", resolve));
      openCount++;
      if (i % 2 === 0) socket.write(Buffer.from([0x16, 0x03, 0x01])); // how a handshake begins
    }
    onTestFinished(() => idle.forEach((socket) => void socket.destroy()));

    const served = await clientAt(address, { token, tls: tlsOf(good) }).getStatus({});

    expect(served).toMatchObject({ draining: false });
    await Promise.all(
      idle.slice(0, 1000 - TLS_HANDSHAKES_MAX).map((socket) => socket.closed || new Promise((resolve) => socket.once("close", resolve))),
    );
    expect(openCount).toBeLessThanOrEqual(TLS_HANDSHAKES_MAX);
    await daemon.close();
    await Promise.all(idle.map((socket) => socket.closed || new Promise((resolve) => socket.once("close", resolve))));
    expect(openCount).toBe(0);
  });

  test("certificates are read again when asked, for the connections to come; bad ones are passed over", async () => {
    const live = { cert: join(folder, "live.crt"), key: join(folder, "live.key"), clientCa: join(folder, "live-ca.crt") };
    const put = ({ cert, key }: Certificate, { cert: ca }: Certificate) => {
      for (const [from, to] of [
        [cert, live.cert],
        [key, live.key],
        [ca, live.clientCa],
      ] as const)
        copyFileSync(from, to);
    };
    const next = make.authority("next");
    const nextClient = make.issue("next-client", next);
    put(server, authority);
    const { port, daemon, address, token, logLines } = await startOnTcp({ tls: live });
    const before = clientAt(address, { token, tls: tlsOf(good) });
    await before.getStatus({});

    put(make.issue("next-server", authority), next);
    daemon.reloadCertificates?.();
    const afterNew = [await handshakeAt(port, good), await handshakeAt(port, nextClient)];
    writeFileSync(live.cert, "no certificate");
    daemon.reloadCertificates?.();
    const afterBad = [await handshakeAt(port, good), await handshakeAt(port, nextClient)];

    const isServed = { protocol: "TLSv1.3", alpn: "h2" };
    expect([afterNew, afterBad]).toEqual([
      ["refused", isServed],
      ["refused", isServed],
    ]);
    expect(await before.getStatus({})).toMatchObject({ draining: false });
    expect(logLines.join("")).toMatch(/the certificates were read again(?:.|\n)*the certificates cannot be had/);
  });

  test("files that are not there or do not fit together stop the start", async () => {
    const missing = startOnTcp({ tls: { ...server, clientCa: join(folder, "nothing.crt") } });
    await expect(missing).rejects.toThrow(`file ${join(folder, "nothing.crt")} cannot be read for TLS: ENOENT`);
    const unfit = startOnTcp({ tls: { cert: server.cert, key: good.key, clientCa: authority.cert } });
    await expect(unfit).rejects.toThrow(`TLS cannot be set up of ${server.cert}, ${good.key}, ${authority.cert}`);
  });
});

async function startOnTcp(entry: Partial<TcpListenEntry> = {}) {
  const listen: TcpListenEntry = { transport: "tcp", host: "127.0.0.1", port: 0, role: "append", tls: undefined, ...entry };
  const started = await startTestDaemon({ folder: temporaryFolder(), config: { listen: [listen] } });
  const address = (started.daemon.addresses[1] ?? "").replace(/^tcp:/, "");
  const admin = createAdminClient({ socket: started.socket });
  onTestFinished(() => admin.close());
  const { secret: token } = await admin.createToken({ role: AccessRole.APPEND });
  return { ...started, admin, address, token, port: Number(address.split(":").at(-1)) };
}

function clientAt(address: string, settings: { token?: string; tls?: ClientTls } = {}) {
  const client = createSegmentClient({ address }, settings);
  onTestFinished(() => client.close());
  return client;
}

type HandshakeOptions = ConnectionOptions;

/** What was agreed on with a daemon that goes on to speak HTTP/2. */
async function handshakeAt(port: number, certificate: Certificate, options: HandshakeOptions = {}) {
  const socket = await open(port, certificate, options).catch(() => undefined);
  if (socket === undefined) return "refused";
  const agreed = { protocol: socket.getProtocol(), alpn: socket.alpnProtocol };
  // With TLS 1.3 a client learns only behind its handshake that its certificate was refused.
  socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", "latin1");
  const isServed = await new Promise<boolean>((resolve) => {
    socket.once("data", () => resolve(true));
    socket.once("close", () => resolve(false));
  });
  socket.destroy();
  return isServed ? agreed : "refused";
}

function open(port: number, { cert, key }: Certificate, options: HandshakeOptions = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const proof = { cert: readFileSync(cert), key: readFileSync(key) };
    const socket = connectTls({ port, host: "127.0.0.1", ALPNProtocols: ["h2"], rejectUnauthorized: false, ...proof, ...options });
    socket.once("secureConnect", () => resolve(socket));
    socket.on("error", reject);
    socket.once("close", () => reject(new Error("closed")));
  });
}
