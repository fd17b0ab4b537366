import { cpus, release, totalmem } from "node:os";

/** What the figures were taken on, in a line. */
export function environmentLine(): string {
  const gib = Math.round(totalmem() / 2 ** 30);
  const { node, v8 } = process.versions;
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, node ${node} (v8 ${v8}), ${cpus().length} x ${cpus()[0]?.model.trim() ?? "?"}, ${gib} GiB, Linux ${release()}`;
}
