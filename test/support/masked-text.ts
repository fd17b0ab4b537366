const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b/g, "(id)"],
  [/\b0[0-9A-HJKMNP-TV-Z]{9,24}\b/g, "(beginning of an id)"],
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "(id)"],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, "(time)"],
  [/\b\d{4}-\d\d-\d\d UTC/g, "(date) UTC"],
  [/\b\d\d:\d\d:\d\d\b/g, "(time)"],
  [/\b\d+(?:\.\d+)? (?:B|KiB|MiB|GiB)(?!\w)/g, "(size)"],
  [/("resumeToken": ?")[^"]*/g, "$1(token)"],
  [/("(?:position|headPosition|byteSize)": ?")\d+/g, "$1(number)"],
  [/\b(position) \d+/g, "$1 (number)"],
  [/("ts": ?)\d+/g, "$1(time)"],
  [/ {2,}/g, "  "], // columns are as wide as what stands in them
];

/** A printed line without what is another one in every run: ids, times, sizes, positions, resume tokens, widths of columns. */
export function maskedText(line: string): string {
  return MASKS.reduce((text, [pattern, mask]) => text.replace(pattern, mask), line.trimEnd());
}
