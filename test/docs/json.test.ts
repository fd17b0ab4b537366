import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { expect, test } from "vitest";
import * as admin from "../../gen/seglog/v1/admin_service_pb.js";
import * as entries from "../../gen/seglog/v1/entry_pb.js";
import * as segments from "../../gen/seglog/v1/segment_pb.js";
import * as service from "../../gen/seglog/v1/segment_service_pb.js";
import { seglogProgram } from "../../src/cli/program.js";

const PAGE = readFileSync("docs/json.md", "utf8");

/** Names of commands on the page, as its rows begin. */
const ROWS = [...PAGE.matchAll(/^\| `seglog ([a-z- ]+)` \|/gm)].map(([, name = ""]) => name);

test("docs/json.md says of each command with --json what a line is, and of no other", () => {
  const commands = withJson(seglogProgram().commands, "");

  expect(ROWS.filter((name) => name !== "export --from-store").toSorted()).toEqual(commands.toSorted());
});

test("the messages that docs/json.md names are those of the contract", () => {
  const named = [...PAGE.matchAll(/message ([A-Z]\w+)/g)].map(([, name]) => `${name}Schema`);
  const known = { ...admin, ...entries, ...segments, ...service };

  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !(name in known))).toEqual([]);
});

/** Full names of the commands that take --json. */
function withJson(commands: readonly Command[], above: string): string[] {
  return commands.flatMap((command) => {
    const isForPeople = !command.name().startsWith("__");
    const own = isForPeople && command.options.some(({ long }) => long === "--json") ? [above + command.name()] : [];
    return [...own, ...withJson(command.commands, `${above}${command.name()} `)];
  });
}
