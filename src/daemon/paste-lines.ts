/**
 * What `seglog serve` prints for a person once it is ready: where it listens, and lines that can be pasted as they are, each
 * into a shell of its own.
 *
 * @param command how a shell calls seglog, such as `npx seglog`
 */
export function pasteLines({ socketPath, command }: { readonly socketPath: string; readonly command: string }): string {
  const told = `export SEGLOG_SOCKET=${shellQuoted(socketPath)};`;
  return [
    `seglog listens on ${socketPath}`,
    "",
    "Paste a line each into other terminals, and watch a session being written:",
    "",
    `${told} ${command} tail --store`,
    `${told} ${command} demo`,
    `${told} ${command} tree`,
    "",
  ].join("\n");
}

function shellQuoted(text: string): string {
  return /^[\w./+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
