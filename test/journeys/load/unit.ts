import type { EntryInit } from "../../support/entries.js";
import { userInput } from "../../support/entries.js";

/** One Append that was acknowledged, as its writer knows it. */
export interface AcknowledgedUnit {
  /** The writer, and which of its appends it was. */
  readonly name: string;
  /** What its entries say; unique in the store. */
  readonly texts: readonly string[];
  /** Entries of the raced segment that the writer believed in. */
  readonly believedCount: number;
  /** Where the answer said that it went. */
  readonly segmentId: string;
  readonly firstIndex: number;
  readonly entryCount: number;
  readonly headPosition: number;
  readonly isForked: boolean;
  /** When the request that was answered was first sent, and when its answer was there, in milliseconds. */
  readonly sentMs: number;
  readonly answeredMs: number;
}

/** Texts of the unit that a writer appends as its `counter`-th: one to three. */
export function unitTexts({ writer, counter }: { readonly writer: number; readonly counter: number }): string[] {
  return Array.from({ length: 1 + ((writer + counter) % 3) }, (_, part) => `${writer}:${counter}:${part}`);
}

/** Entries that say these texts. */
export function entriesThatSay(texts: readonly string[]): EntryInit[] {
  return texts.map(userInput);
}
