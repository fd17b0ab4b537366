/** Settings of a client that makes each call once: what a test sees is what the daemon said to that one. */
export const ONE_TRY = { retryForMs: 0 } as const;
