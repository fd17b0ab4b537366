import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readFileIfThere } from "../../../src/daemon/config/open-config-file.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

test("a file is read where it is there", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "a.toml"), 'data = "x"\n');

  const texts = [join(folder, "a.toml"), join(folder, "b.toml"), join(folder, "a.toml", "c.toml")].map(readFileIfThere);

  expect(texts).toEqual(['data = "x"\n', undefined, undefined]);
});

test("a file that is there and cannot be read is an error", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "a.toml"));

  expect(() => readFileIfThere(join(folder, "a.toml"))).toThrow(`file ${join(folder, "a.toml")} cannot be read: EISDIR`);
});
