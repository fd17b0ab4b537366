import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Child } from "../support/child.js";
import { environment, serveForCli } from "../support/cli.js";
import { docBlocks } from "../support/doc-blocks.js";
import { compiledPrograms } from "../support/doc-programs.js";

test("the agent of the README has at most 40 lines, and goes on where it stood, wherever it is killed", async () => {
  const [block] = docBlocks(readFileSync("README.md", "utf8"), "ts");
  const [program = ""] = (await compiledPrograms(["README.md"], "agent-loop")).get("README.md") ?? [];
  const { folder, print } = await serveForCli();
  const cwd = join(folder, "agent");
  mkdirSync(cwd);
  symlinkSync(folder, join(cwd, ".seglog"));
  const run = () => new Child(process.execPath, [program], { cwd, env: environment(cwd) });

  // After a question, after an answer, and before anything.
  for (const last of [/question/, /answer/, /restored/]) {
    const agent = run();
    for (let line = await agent.line(); line !== undefined && !last.test(line); ) line = await agent.line();
    agent.process.kill("SIGKILL");
    expect(await agent.ended()).toBe("SIGKILL");
  }
  const agent = run();

  expect(await agent.ended(), agent.stderr).toBe(0);
  const state = JSON.parse(await print(["restore", readFileSync(join(cwd, "agent.segment"), "utf8"), "--json"]));
  const said = [1, 2, 3, 4, 5].map((turn) => [`How many, in turn ${turn}?`, `I have ${2 * turn - 1} items before me.`]);
  expect(state.history.map(({ message }: Said) => message.content[0].text)).toEqual(said.flat());
  expect(state).toMatchObject({ turnCount: "5", entryCount: "16" });
  expect(block?.text.trimEnd().split("\n").length).toBeLessThanOrEqual(40);
});

/** A message in the JSON form of protobuf. */
interface Said {
  readonly message: { readonly content: readonly [{ readonly text: string }] };
}
