import { basename, delimiter, dirname } from "node:path";

/**
 * How a shell calls the command line that runs now, from any folder.
 *
 * @param script the path of the script, as `process.argv[1]` has it
 */
export function ownCommand(script: string, env: Readonly<Record<string, string | undefined>>): string {
  if (env.npm_command === "exec") return "npx seglog";
  const isOnPath = (env.PATH ?? "").split(delimiter).includes(dirname(script));
  return isOnPath && basename(script) === "seglog" ? "seglog" : `node ${shellQuoted(script)}`;
}

function shellQuoted(text: string): string {
  return /^[\w./+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
