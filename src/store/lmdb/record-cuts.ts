/** LMDB's page. In bytes. */
const PAGE_BYTES = 4096;

/** What LMDB keeps of a page, or of a row of pages, for itself. In bytes. */
const PAGE_HEADER_BYTES = 24;

/** LMDB packs records of up to this together; a larger one gets pages of its own. In bytes. */
const PACKED_BYTES_MAX = (PAGE_BYTES - PAGE_HEADER_BYTES) / 2 - 4;

/** Most bytes of a record, unless a single entry is larger: what has to be read to read any of its entries. */
const RECORD_BYTES_MAX = 16 * PAGE_BYTES - PAGE_HEADER_BYTES;

/** What a record takes beside its entries: LMDB's node, the key, the header. In bytes, at most. */
const RECORD_OVERHEAD_BYTES = 80;

/** A page that is filled to this part is full enough. */
const FULL_PART = 0.9;

/**
 * Cuts entries that follow each other into records that fill their pages: says how many entries each record has.
 *
 * A record beyond half a page gets pages of its own, and leaves the last of them empty in part. What would stand in
 * there goes into small records behind it, which LMDB packs with others.
 *
 * @param sizes bytes of each entry as it is stored
 */
export function recordCuts(sizes: readonly number[]): readonly number[] {
  const counts: number[] = [];
  for (let from = 0; from < sizes.length; ) {
    const count = Math.max(1, firstCount(sizes, from));
    counts.push(count);
    from += count;
  }
  return counts;
}

function firstCount(sizes: readonly number[], from: number): number {
  const most = within(sizes, from, RECORD_BYTES_MAX);
  if (most.bytes <= PACKED_BYTES_MAX) return most.count;
  const wholePages = Math.floor((most.bytes + PAGE_HEADER_BYTES) / PAGE_BYTES);
  if (wholePages > 0) {
    const full = within(sizes, from, wholePages * PAGE_BYTES - PAGE_HEADER_BYTES);
    return full.count > 0 && most.bytes - full.bytes < PAGE_BYTES ? full.count : most.count;
  }
  return most.bytes >= FULL_PART * PAGE_BYTES ? most.count : within(sizes, from, PACKED_BYTES_MAX).count;
}

/** How many entries from one on make a record of at most so many bytes, and how many bytes they make. */
function within(sizes: readonly number[], from: number, bytesMax: number): { readonly count: number; readonly bytes: number } {
  let bytes = RECORD_OVERHEAD_BYTES;
  let count = 0;
  for (let size = sizes[from]; size !== undefined && bytes + size <= bytesMax; size = sizes[from + count]) {
    bytes += size;
    count++;
  }
  return { count, bytes };
}
