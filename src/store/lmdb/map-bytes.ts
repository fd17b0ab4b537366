/** The most that a store can grow to where nobody says, in bytes. */
export const MAP_BYTES_DEFAULT = 2 ** 38;
