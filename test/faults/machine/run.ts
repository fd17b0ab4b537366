import { execFile } from "node:child_process";
import { promisify } from "node:util";

/**
 * Runs a program to its end and gives what it wrote.
 *
 * @throws Error with what it wrote to its standard error, where it does not end well
 */
export async function run(program: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args);
  return stdout.trim();
}
