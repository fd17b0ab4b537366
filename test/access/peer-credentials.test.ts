import { expect, test } from "vitest";
import { built } from "../support/built.js";
import { nodeChild } from "../support/child.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const HIDE_KOFFI = `
  import { register } from "node:module";
  register("data:text/javascript," + encodeURIComponent(\`
    export async function resolve(specifier, context, next) {
      if (specifier === "koffi") throw Object.assign(new Error("Cannot find package 'koffi'"), { code: "ERR_MODULE_NOT_FOUND" });
      return next(specifier, context);
    }\`));
`;

test("without koffi a daemon with a rule about users refuses to start, in one line with 73, and one without rules starts", async () => {
  const folder = temporaryFolder();
  const serve = (...flags: string[]) =>
    nodeChild(
      `${HIDE_KOFFI}
       process.argv.splice(1, 0, "seglog");
       const { seglogProgram } = await import(${JSON.stringify(built("cli/program.ts"))});
       const { failureOf } = await import(${JSON.stringify(built("cli/failure.ts"))});
       try {
         await seglogProgram().parseAsync(${JSON.stringify(["node", "seglog", "serve", "--data", folder, ...flags])});
         console.log("serves");
       } catch (error) {
         const { exitCode, message } = failureOf(error);
         console.log(message);
         process.exitCode = exitCode;
       }`,
      { env: { PATH: process.env.PATH ?? "", HOME: folder } },
    );

  const refused = serve("--listen", `unix:${folder}/x.sock,role=read,uids=0`);
  const refusal = await refused.line();
  const refusedWith = await refused.ended();
  const started = serve("--quiet", "--listen", `unix:${folder}/x.sock,role=read`);

  expect(refusal).toBe(
    `the rule about users of unix:${folder}/x.sock needs to know who connects, which cannot be told here: the optional package koffi cannot be loaded; mend that, or leave it out`,
  );
  expect(refusedWith).toBe(73);
  expect(await started.line()).toBe("serves");
});
