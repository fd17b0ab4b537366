import { expect, test } from "vitest";
import { formatListenEntry, parseListenEntry } from "../../../src/daemon/config/listen-text.js";

test.each([
  "unix:/run/seglog/read.sock,role=read,tokens=off,mode=0660,group=obs",
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
  });
});

test.each([
  ["/run/a.sock,role=read", 'has "/run/a.sock"; wanted unix:PATH'],
  ["unix:,role=read", 'has "unix:" without a path; wanted unix:PATH'],
  ["unix:/a", "has no role for unix:/a; wanted one of read, append, admin"],
  ["unix:/a,role=reader", "has role=reader for unix:/a; wanted one of read, append, admin"],
  ["unix:/a,role=read,mode=0888", "has mode=0888 for unix:/a; wanted three or four octal digits"],
  ["unix:/a,role=read,role=append", "has role twice for unix:/a; wanted it once"],
  ["unix:/a,role=read,mod=0600", 'has "mod" for unix:/a, which is no option of it; did you mean mode?'],
])("%s is refused with what was and what was wanted", (text, message) => {
  expect(() => parseListenEntry(text, "/")).toThrow(expect.objectContaining({ message: expect.stringContaining(message) }));
});
