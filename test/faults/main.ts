import { CannotRunError, type Proof } from "./proof.js";
import { PROOFS } from "./proofs.js";

/*
 * npm run proof -- [--short] [NAME...] [flags of one proof]
 *
 * Runs the proofs that are named, or all of them, at full size, or in the short form that every change runs; --list says
 * which there are. Flags given behind one name are that proof's own, such as --cycles 20 --seed 7, in place of those of its
 * form. Ends with non-zero where a promise was broken; and, with CI=true, where a proof could not run here.
 */
const words = process.argv.slice(2);
const isShort = words.includes("--short");
const rest = words.filter((word) => word !== "--short" && word !== "--list");
const flagsAt = rest.findIndex((word) => word.startsWith("--"));
const names = flagsAt === -1 ? rest : rest.slice(0, flagsAt);
const ownFlags = flagsAt === -1 ? undefined : rest.slice(flagsAt);

const chosen = names.length === 0 ? PROOFS : names.map(named);
if (words.includes("--list")) list();
else if (ownFlags !== undefined && chosen.length !== 1) throw new Error(`${ownFlags[0]} is a flag of one proof; wanted its name before it`);
else await runAll();

function named(name: string): Proof {
  const proof = PROOFS.find((candidate) => candidate.name === name);
  if (proof === undefined) throw new Error(`no proof is named ${name}; there are ${PROOFS.map((each) => each.name).join(", ")}`);
  return proof;
}

function list(): void {
  for (const { name, title, short, full } of chosen)
    console.log(`${name}\n    ${title}\n    --short: ${short.join(" ")}; full: ${full.join(" ")}`);
}

async function runAll(): Promise<void> {
  const lines: string[] = [];
  for (const proof of chosen) {
    console.log(`\n${proof.name}: ${proof.title}`);
    const startMs = performance.now();
    const { word, text } = await outcomeOf(proof);
    lines.push(`${word.padEnd(8)}${proof.name.padEnd(18)}${((performance.now() - startMs) / 1000).toFixed(0).padStart(6)} s   ${text}`);
    console.log(lines.at(-1));
  }
  if (chosen.length > 1) console.log(`\n${lines.join("\n")}`);
}

async function outcomeOf(proof: Proof): Promise<{ readonly word: string; readonly text: string }> {
  try {
    return { word: "held", text: await proof.run(ownFlags ?? (isShort ? proof.short : proof.full)) };
  } catch (error) {
    if (error instanceof CannotRunError) {
      if (process.env["CI"] === "true") process.exitCode = 1;
      return { word: "SKIPPED", text: error.message };
    }
    process.exitCode = 1;
    console.error(error);
    return { word: "BROKEN", text: String(error instanceof Error ? error.message : error).split("\n", 1)[0] ?? "" };
  }
}
