/** Exit codes of the command line, by what they say. Those from 70 up are of `serve` and of what opens a store itself, in the numbers of sysexits.h. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  conflict: 4,
  unavailable: 5,
  notWhole: 6,
  gaveUp: 70,
  storeMissing: 72,
  noSocket: 73,
  storeLocked: 75,
  newerFormat: 76,
  unsafeFolder: 77,
  unsafeFileSystem: 78,
  interrupted: 130,
  readerGone: 141,
} as const;

/** An exit code of the command line. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const MEANINGS = {
  ok: "done",
  failed: "failed",
  usage: "wrong usage, or input that cannot be read",
  notFound: "no such session, segment, entry or turn",
  conflict: "a conflict: the segment is not as expected, or an id is taken",
  unavailable: "the daemon cannot be reached or cannot take it now",
  notWhole: "data loss, or not everything came over whole; each case is reported",
  gaveUp: "serve: the daemon had to give up, for instance after a storage error",
  storeMissing: "serve: the store of the folder is gone or not whole, or another is in its place",
  noSocket: "serve: the socket cannot be had; somebody listens on it, or its path will not do",
  storeLocked: "the store is another's; one store has one daemon",
  newerFormat: "the store was written by a newer seglog",
  unsafeFolder: "a folder of the store is open to others, or is another's",
  unsafeFileSystem: "serve: the store would be on a file system that cannot keep its promises",
  interrupted: "interrupted",
  readerGone: "whoever read the output has gone",
} as const satisfies Record<keyof typeof EXIT, string>;

/** The exit codes as a help text lists them. */
export function exitCodesText(): string {
  // Object.keys forgets which keys there are.
  const names = Object.keys(EXIT) as (keyof typeof EXIT)[];
  return ["Exit codes:", ...names.map((name) => `  ${String(EXIT[name]).padStart(3)}  ${MEANINGS[name]}`)].join("\n");
}
