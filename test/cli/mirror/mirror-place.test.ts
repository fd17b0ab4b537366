import { expect, test } from "vitest";
import { mirrorPlace } from "../../../src/cli/mirror/mirror-place.js";

test.each([
  ["./copy", { folder: "/here/copy" }],
  ["/var/copy", { folder: "/var/copy" }],
  ["./a:1", { folder: "/here/a:1" }],
  ["unix:/run/x.sock", { daemon: { socket: "/run/x.sock" } }],
  ["unix:///run/x.sock", { daemon: { socket: "/run/x.sock" } }],
  ["unix:x.sock", { daemon: { socket: "/here/x.sock" } }],
  ["logs.example:7443", { daemon: { address: "logs.example:7443" } }],
  ["[::1]:7443", { daemon: { address: "[::1]:7443" } }],
])("--to %s is %j", (text, place) => {
  expect(mirrorPlace(text, "/here")).toEqual(place);
});

test.each(["", "unix:", "https://logs.example"])("--to %j is wrong usage", (text) => {
  expect(() => mirrorPlace(text, "/here")).toThrow(/--to/);
});
