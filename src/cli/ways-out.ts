import { pairLines } from "./table.js";

/** What can be done about a damaged store, as lines for a person: each a purpose, and what to type. */
export function waysOut(folder: string, more: readonly (readonly [string, string])[] = []): readonly string[] {
  return pairLines([
    ["see what is damaged", `seglog verify --deep --data ${folder}`],
    ["go back to a backup", "seglog restore-backup"],
    ["save what is intact", `seglog export --from-store ${folder} --out DIR`],
    ...more,
  ]);
}
