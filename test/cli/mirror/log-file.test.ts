import { type FileHandle, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { writeOverSame } from "../../../src/cli/mirror/log-file.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

test("whatever a file has, it is brought to the lines that are given, and only what differs is written", async () => {
  const file = await aFile();
  const line = fc.stringMatching(/^[aé]{0,3}$/);

  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(line), fc.string({ maxLength: 3 }), async (there, wanted, torn) => {
      await file.truncate(0);
      await file.write(textOf(there) + torn.replaceAll("\n", ""), 0);
      const same = firstDifference(there, wanted);

      const { addedCount } = await writeOverSame(file, { lines: asynchronous(wanted), beforeCut: () => {} });

      expect(await readText(file)).toBe(textOf(wanted));
      expect(addedCount).toBe(wanted.length - same);
    }),
  );
});

test("a torn last line goes without asking, what is no beginning of the line that comes there does not", async () => {
  const file = await aFile();
  const asked = async (text: string) => {
    await file.truncate(0);
    await file.write(text, 0);
    let askedCount = 0;
    await writeOverSame(file, { lines: asynchronous(["one", "two"]), beforeCut: () => askedCount++ });
    return askedCount > 0;
  };

  expect(await asked("one\ntw")).toBe(false);
  expect(await asked("one\ntwo")).toBe(false);
  expect(await asked("one\nsomething torn")).toBe(true);
  expect(await asked("one\ntwo, and more")).toBe(true);
  expect(await asked("one\ntwo\nth")).toBe(true);
  expect(await asked("one\ntoo\n")).toBe(true);
  expect(await asked("one\ntwo\nthree\n")).toBe(true);
});

test("a file of several blocks is cut within one of them", async () => {
  const file = await aFile();
  const lines = Array.from({ length: 3000 }, (_, i) => `${i} ${"x".repeat(300)}`);
  await file.write(textOf(lines.map((line, i) => (i === 2000 ? "other" : line))), 0);

  const { addedCount } = await writeOverSame(file, { lines: asynchronous(lines), beforeCut: () => {} });

  expect(await readText(file)).toBe(textOf(lines));
  expect(addedCount).toBe(1000);
});

const paths = new WeakMap<FileHandle, string>();

async function aFile(): Promise<FileHandle> {
  const path = join(temporaryFolder(), "log");
  const file = await open(path, "w+");
  paths.set(file, path);
  onTestFinished(() => file.close());
  return file;
}

function readText(file: FileHandle): Promise<string> {
  return readFile(paths.get(file) ?? "", "utf8");
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

function firstDifference(a: readonly string[], b: readonly string[]): number {
  let same = 0;
  while (same < a.length && same < b.length && a[same] === b[same]) same++;
  return same;
}

async function* asynchronous(lines: readonly string[]): AsyncGenerator<string, void, undefined> {
  yield* lines;
}
