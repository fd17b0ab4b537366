import { expect, test } from "vitest";
import { SETTING_TEXTS, SETTINGS } from "../../../src/daemon/config/settings.js";

test("names, flags, environment variables and keys are unique and made of the same words", () => {
  for (const { name, flag, env, tomlKey } of Object.values(SETTINGS)) {
    const words = flag.slice(2).split("-");

    expect(env).toBe(`SEGLOG_${words.join("_").toUpperCase()}`);
    expect(tomlKey.split(".").at(-1)).toBe(words.join("_"));
    expect(name.toLowerCase()).toBe(words.join(""));
  }

  expect(new Set(SETTING_TEXTS.map(({ flag }) => flag)).size).toBe(SETTING_TEXTS.length);
});

test("every setting says in a sentence what it is, what it takes and what holds without it", () => {
  for (const { description, placeholder, defaultText } of SETTING_TEXTS) {
    expect(description).toMatch(/^[A-Z].*[^.]$/);
    expect(placeholder).toMatch(/^<.+>$/);
    expect(defaultText).not.toBe("");
  }
});
