/** One entry on its way into the store: its bytes as they came in, and what the store must know of them. */
export interface NewEntry {
  /** The encoded `seglog.v1.Entry`, stored as it is. */
  readonly bytes: Uint8Array;
  /** Field number of its kind in `Entry`. */
  readonly kind: number;
  /** Whether the writer set `time`; the store adds its clock where not. */
  readonly hasTime: boolean;
  /** Of a turn end: its number. */
  readonly turnCount?: bigint;
  /** Of an entry that starts or clears the interrupted mark: the mark. */
  readonly isInterrupted?: boolean;
}
