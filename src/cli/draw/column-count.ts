/** Characters of scripts and signs that terminals draw two columns wide; not exact, as terminals differ. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

/** What is drawn onto the character before it. */
const ADDED = /\p{Mark}|\u200d/u;

/** The first character that is not one column wide by its number alone. */
const FIRST_ADDED = 0x300;

/** About how many columns a text takes that has no controls in it. */
export function columnCount(text: string): number {
  let count = 0;
  for (const character of text) count += columnsOf(character);
  return count;
}

function columnsOf(character: string): number {
  if (character.charCodeAt(0) < FIRST_ADDED) return 1;
  if (ADDED.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
