/** Reads standard input, no longer than until the signal aborts: then the reading fails. Closes it, as an open one would keep the process from its end. */
export async function readingStdin<Result>(
  signal: AbortSignal,
  read: (chunks: AsyncIterable<Uint8Array>) => Promise<Result>,
): Promise<Result> {
  const stopReading = () => process.stdin.destroy();
  signal.throwIfAborted();
  signal.addEventListener("abort", stopReading);
  try {
    return await read(process.stdin);
  } finally {
    signal.removeEventListener("abort", stopReading);
    stopReading();
  }
}
