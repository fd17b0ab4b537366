import { expect, test } from "vitest";
import { ownCommand } from "../../src/cli/own-command.js";

test.each([
  ["a script on the path by its name", "/usr/local/bin/seglog", { PATH: "/usr/bin:/usr/local/bin" }, "seglog"],
  ["a script elsewhere by its path", "/opt/seglog/dist/bin/seglog.js", { PATH: "/usr/bin" }, "node /opt/seglog/dist/bin/seglog.js"],
  ["another name on the path by its path", "/usr/bin/main.js", { PATH: "/usr/bin" }, "node /usr/bin/main.js"],
  ["a path that a shell would take apart in quotes", "/o'pt/my seglog/main.js", { PATH: "" }, "node '/o'\\''pt/my seglog/main.js'"],
  ["what npx runs by npx", "/home/ada/.npm/_npx/1/node_modules/.bin/seglog", { npm_command: "exec" }, "npx seglog"],
])("a shell calls %s", (_, script, env, command) => {
  expect(ownCommand(script, env)).toBe(command);
});
