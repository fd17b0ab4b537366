/** The user that files of this process belong to. */
export function ownUid(): number {
  if (process.geteuid === undefined) throw new Error("this platform has no user ids; wanted Linux or macOS");
  return process.geteuid();
}
