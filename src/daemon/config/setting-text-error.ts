/** The text of a setting is none, for a reason that the setting's kind alone would not tell. Reads on from where it stands. */
export class SettingTextError extends Error {
  override readonly name = "SettingTextError";
}
