/**
 * What `seglog serve` prints for a person once it is ready: where it listens, and three lines that
 * can be pasted into a shell as they are.
 *
 * @param command how a shell calls seglog, such as `npx seglog`
 */
export function pasteLines({ socketPath, command }: { readonly socketPath: string; readonly command: string }): string {
  return [
    `seglog listens on ${socketPath}`,
    "",
    "Paste these lines into another terminal to try it:",
    "",
    `export SEGLOG_SOCKET=${shellQuoted(socketPath)}; SEGMENT=$(${command} create)`,
    `echo '{"userInput":{"pieces":[{"text":"hello"}]}}' | ${command} append "$SEGMENT"`,
    `${command} tail "$SEGMENT"`,
    "",
  ].join("\n");
}

function shellQuoted(text: string): string {
  return /^[\w./+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
