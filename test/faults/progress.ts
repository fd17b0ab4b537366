/** Shows a person who waits at a terminal how far a proof is; and nobody else. */
export function showProgress(what: string, done: number, of: number): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(done < of ? `\r${what} ${done} of ${of} ` : `\r${" ".repeat(what.length + 20)}\r`);
}
