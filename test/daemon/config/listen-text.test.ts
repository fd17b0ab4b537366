import { expect, test } from "vitest";
import { formatListenEntry, parseListenEntry } from "../../../src/daemon/config/listen-text.js";

test.each([
  "unix:/run/seglog/read.sock,role=read,tokens=off,mode=0660,group=obs,uids=1000+ann,gids=7",
  "tcp:127.0.0.1:7443,role=append",
  "tcp:[::1]:0,role=read",
  "tcp:[::]:7443,role=append,tls-cert=/etc/seglog/tls.crt,tls-key=/etc/seglog/tls.key,tls-client-ca=/etc/seglog/ca.crt",
  "unix:/run/seglog/pods.sock,role=append,tokens=required,mode=0600",
])("%s reads and writes as itself", (text) => {
  expect(formatListenEntry(parseListenEntry(text, "/"))).toBe(text);
});

test("blanks around options do not matter, and a relative path starts from the folder it stands in", () => {
  const entry = parseListenEntry(" unix:read.sock , role=read , mode=660 ", "/etc/seglog");

  expect(entry).toEqual({
    transport: "unix",
    path: "/etc/seglog/read.sock",
    role: "read",
    tokens: "optional",
    mode: 0o660,
    group: undefined,
    uids: [],
    gids: [],
  });
});

test.each([
  ["/run/a.sock,role=read", 'has "/run/a.sock"; wanted unix:PATH or tcp:HOST:PORT'],
  ["unix:,role=read", 'has "unix:" without a path; wanted unix:PATH'],
  ["unix:/a", "has no role for unix:/a; wanted one of read, append, admin"],
  ["unix:/a,role=reader", "has role=reader for unix:/a; wanted one of read, append, admin"],
  ["unix:/a,role=read,mode=0888", "has mode=0888 for unix:/a; wanted three or four octal digits"],
  ["unix:/a,role=read,role=append", "has role twice for unix:/a; wanted it once"],
  ["unix:/a,role=read,uids=1+", "has uids=1+ for unix:/a; wanted names or numbers, with + between several"],
  ["tcp:7443,role=read", 'has "tcp:7443"; wanted tcp:HOST:PORT, with an IP address or localhost, such as tcp:127.0.0.1:7443'],
  ["tcp:127.0.0.1:70000,role=read", 'has "tcp:127.0.0.1:70000"; wanted tcp:HOST:PORT'],
  ["tcp:example.org:7443,role=read", 'has "tcp:example.org:7443"; wanted tcp:HOST:PORT'],
  ["tcp:127.0.0.1:7443,role=read,tokens=optional", "has tokens=optional for tcp:127.0.0.1:7443; wanted one of required"],
  ["tcp:127.0.0.1:7443,role=read,mode=0600", 'has "mode" for tcp:127.0.0.1:7443, which is no option of it'],
  ["tcp:127.0.0.1:7443,role=read,tls-cert=/c", "has no tls-key for tcp:127.0.0.1:7443; wanted a path"],
  ["tcp:127.0.0.1:7443,role=read,tls-cert=/c,tls-key=/k", "has no tls-client-ca for tcp:127.0.0.1:7443; wanted a path"],
  ["tcp:0.0.0.0:7443,role=read", "has no TLS for tcp:0.0.0.0:7443, which others can reach; wanted tls-cert, tls-key and tls-client-ca"],
  ["tcp:[::]:7443,role=read", "has no TLS for tcp:[::]:7443, which others can reach"],
  ["tcp:10.0.0.1:7443,role=read", "has no TLS for tcp:10.0.0.1:7443, which others can reach"],
  ["unix:/a,role=read,mod=0600", 'has "mod" for unix:/a, which is no option of it; did you mean mode?'],
])("%s is refused with what was and what was wanted", (text, message) => {
  expect(() => parseListenEntry(text, "/")).toThrow(expect.objectContaining({ message: expect.stringContaining(message) }));
});
