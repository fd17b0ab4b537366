/**
 * Whether bytes are UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF, nothing cut off.
 *
 * Table 3-7 of the Unicode standard. Eight bytes at a time where the text is ASCII, as most is; nothing is
 * decoded.
 *
 * @param view the same bytes
 */
export function isUtf8(bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
  let at = start;
  while (at < end) {
    const lead = bytes[at] ?? 0;
    if (lead >= 0x80) {
      const size = sequenceSize(bytes, at, end, lead);
      if (size === 0) return false;
      at += size;
      continue;
    }
    at++;
    while (at + 8 <= end && ((view.getUint32(at) | view.getUint32(at + 4)) & 0x80808080) === 0) at += 8;
  }
  return true;
}

/** Bytes of the character that starts at `at`; 0 where they are none. */
function sequenceSize(bytes: Uint8Array, at: number, end: number, lead: number): number {
  const size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (lead < 0xc2 || lead > 0xf4 || at + size > end) return 0;
  const second = bytes[at + 1] ?? 0;
  if (second < secondMin(lead) || second > secondMax(lead)) return 0;
  if (size > 2 && ((bytes[at + 2] ?? 0) & 0xc0) !== 0x80) return 0;
  if (size > 3 && ((bytes[at + 3] ?? 0) & 0xc0) !== 0x80) return 0;
  return size;
}

function secondMin(lead: number): number {
  if (lead === 0xe0) return 0xa0;
  return lead === 0xf0 ? 0x90 : 0x80;
}

function secondMax(lead: number): number {
  if (lead === 0xed) return 0x9f;
  return lead === 0xf4 ? 0x8f : 0xbf;
}
