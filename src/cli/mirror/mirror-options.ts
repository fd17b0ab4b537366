import type { ClientOptions } from "../with-client.js";
import type { MirrorPlace } from "./mirror-place.js";

/** What `seglog mirror` can be told. */
export interface MirrorOptions extends ClientOptions {
  readonly to: MirrorPlace;
  readonly toTokenFile?: string;
  readonly toTlsCa?: string;
  readonly session?: string;
  readonly once?: boolean;
  readonly state?: string;
  readonly compare?: boolean;
  readonly prune?: boolean;
}
