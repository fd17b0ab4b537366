import type { Attack } from "./attack.js";
import { FLOODS } from "./attacks/floods.js";
import { FUZZED_MESSAGES } from "./attacks/fuzzed-messages.js";
import { HOSTILE_CONTENT } from "./attacks/hostile-content.js";
import { MALFORMED_FRAMES } from "./attacks/malformed-frames.js";
import { STANDING_CLIENTS } from "./attacks/standing-clients.js";
import { UNFINISHED_CALLS } from "./attacks/unfinished-calls.js";

/** What is none: a process that is busy with itself, as attackers are too. What it costs others is the machine's doing. */
export const BUSY: Attack = {
  name: "busy with itself",
  async run({ holdMs }) {
    const endMs = performance.now() + holdMs;
    while (performance.now() < endMs);
    return { tried: "", met: "", findings: [] };
  },
};

/** All that is tried, in this order. */
export const ATTACKS: readonly Attack[] = [
  ...FLOODS,
  ...UNFINISHED_CALLS,
  ...STANDING_CLIENTS,
  MALFORMED_FRAMES,
  FUZZED_MESSAGES,
  ...HOSTILE_CONTENT,
];
