import { parseArgs } from "node:util";

/**
 * Reads a proof's flags, which are whole numbers; and a seed, which is told on the console, chosen where none is given.
 *
 * @throws Error for a flag that there is not, and for a value that is no whole number
 */
export function integerFlags<Name extends string>(
  flags: readonly string[],
  defaults: Readonly<Record<Name, number>>,
): Readonly<Record<Name | "seed", number>> {
  const wanted: Record<string, number> = { ...defaults, seed: Math.floor(Math.random() * 2 ** 32) };
  const options = Object.fromEntries(Object.keys(wanted).map((name) => [name, { type: "string" as const }]));
  const { values } = parseArgs({ args: [...flags], options });
  for (const [name, text] of Object.entries(values)) {
    if (typeof text !== "string" || !/^\d+$/.test(text)) throw new Error(`--${name} is ${text}; wanted a whole number`);
    wanted[name] = Number(text);
  }
  console.log(
    Object.entries(wanted)
      .map(([name, value]) => `--${name} ${value}`)
      .join(" "),
  );
  return wanted as Record<Name | "seed", number>; // made of the defaults' names, and seed
}
