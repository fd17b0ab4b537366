/** What a writer believes of a segment. */
export interface Precondition {
  /** Entries in its log. */
  readonly entryCount?: number;
  /** Position of its last entry. */
  readonly headPosition?: number;
}
