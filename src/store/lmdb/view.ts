import type { Sight } from "../../model/namespace.js";
import type { Reader } from "./engine.js";

/** Reads for one caller. Who looks up a session or a segment that was asked for takes this, not a Reader that sees all. */
export interface View extends Reader {
  readonly sight: Sight;
}
