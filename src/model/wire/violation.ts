/**
 * What a walk over a message's bytes found wrong, and where. It never leaves `wire/`: whoever starts
 * a walk turns it into a SeglogError.
 */
export class Violation extends Error {
  override readonly name = "Violation";
  /** Which of several packed values is at fault; taken back by the field that holds them. */
  packedIndex = 0;
  #path: string;

  /**
   * @param path field below the message being walked, empty for the message itself
   * @param description reads on from the path, without the value at fault
   * @param isFinal whether merging repeated occurrences of a field cannot mend it
   */
  constructor(
    path: string,
    readonly description: string,
    readonly isFinal: boolean,
  ) {
    super(description);
    this.#path = path;
  }

  /** Path from the message where the walk started; empty for that message itself. */
  get path(): string {
    return this.#path;
  }

  /** Puts a field in front of the path, as the walk unwinds: paths cost nothing until something is wrong. */
  placeWithin(field: string): void {
    this.#path = this.#path === "" ? field : `${field}.${this.#path}`;
  }
}

/** Bytes that are no protobuf message, or none of the message that is wanted. */
export function malformed(description: string): Violation {
  return new Violation("", description, true);
}

/** A field whose value breaks a rule of the contract. */
export function brokenRule(path: string, description: string): Violation {
  return new Violation(path, description, false);
}
