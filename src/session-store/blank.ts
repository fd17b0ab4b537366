/** Whether a line holds nothing but white space, in the sense of Unicode (as the seed has it, not of JSON): readers skip it. */
export function isBlank(line: string): boolean {
  return /^\p{White_Space}*$/u.test(line);
}
