import { describe, expect, test } from "vitest";
import { Permission } from "../../../gen/seglog/v1/entry_pb.js";
import { parsePodScope } from "../../../src/model/replay/pod-scope.js";

describe("a pod scope is well-formed", () => {
  test("with rules in either list, recursive where they do not say", () => {
    const scope = parsePodScope(
      '{"allow":[{"target":"/a","permission":"write"}],"deny":[{"target":"/b","permission":"read","recursive":false}]}',
    );

    expect(scope?.allow).toMatchObject([{ target: "/a", permission: Permission.WRITE, recursive: true }]);
    expect(scope?.deny).toMatchObject([{ target: "/b", permission: Permission.READ, recursive: false }]);
  });

  test.each([
    ["keys that it does not know", '{"allow":[],"deny":[],"x":{"y":1}}'],
    ["numbers of any size beside its own keys", '{"allow":[],"deny":[],"x":123456789012345678901234567890}'],
    ["spaces between its parts", ' { "deny" : [ ] , "allow" : [ ] } '],
    ["a key named like a part of objects", '{"__proto__":[],"allow":[],"deny":[]}'],
  ])("with %s", (_what, json) => {
    expect(parsePodScope(json)).toMatchObject({ allow: [], deny: [] });
  });

  test("with a key repeated: the last one counts", () => {
    const scope = parsePodScope('{"allow":"x","deny":[],"allow":[{"target":"/a","target":"/b","permission":"read"}]}');

    expect(scope?.allow).toMatchObject([{ target: "/b" }]);
  });
});

test.each([
  ["no JSON", "{"],
  ["null", "null"],
  ["an array", "[[],[]]"],
  ["a text", '"everything"'],
  ["no allow", '{"deny":[]}'],
  ["no deny", '{"allow":[]}'],
  ["allow only by inheritance", '{"__proto__":{"allow":[]},"deny":[]}'],
  ["null for a list", '{"allow":null,"deny":[]}'],
  ["a text for a list", '{"allow":"everything","deny":[]}'],
  ["a rule that is an array", '{"allow":[["/a","read",true]],"deny":[]}'],
  ["a rule without target", '{"allow":[{"permission":"read"}],"deny":[]}'],
  ["a rule without permission", '{"allow":[{"target":"/a"}],"deny":[]}'],
  ["a target that is no text", '{"allow":[{"target":1,"permission":"read"}],"deny":[]}'],
  ["a target with a lone surrogate", '{"allow":[{"target":"\\ud800","permission":"read"}],"deny":[]}'],
  ["an unknown permission", '{"allow":[{"target":"/a","permission":"Read"}],"deny":[]}'],
  ["recursive that is null", '{"allow":[{"target":"/a","permission":"read","recursive":null}],"deny":[]}'],
  ["recursive that is a number", '{"allow":[{"target":"/a","permission":"read","recursive":1}],"deny":[]}'],
  ["one bad rule among good ones", '{"allow":[{"target":"/a","permission":"read"},{}],"deny":[]}'],
])("a pod scope with %s is malformed", (_what, json) => {
  expect(parsePodScope(json)).toBeUndefined();
});
