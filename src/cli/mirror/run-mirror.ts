import { SegmentClientError } from "../../client/client-error.js";
import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";
import { note } from "../output.js";
import { type ClientContext, withClient } from "../with-client.js";
import { SourceFollower } from "./follow-source.js";
import type { MirrorOptions } from "./mirror-options.js";
import { MirrorReport } from "./mirror-report.js";
import { openMirror } from "./open-mirror.js";
import { ReplacedError } from "./replaced-error.js";
import { ANSWER_WITHIN_MS } from "./stall-watch.js";
import { untilReachable } from "./until-reachable.js";

/** How long a mirror that is to end waits for a daemon that does not come back, in milliseconds. */
const ONCE_GIVES_UP_MS = 15_000;

/** Mirrors what the flags say, until it has caught up, its session is deleted, or somebody interrupts. */
export function runMirror(options: MirrorOptions): Promise<void> {
  return withClient(
    options,
    async (source) => {
      const report = new MirrorReport(source, options.json === true);
      try {
        let isDistrusted = false;
        for (;;) {
          const end = await mirrorFrom(source, { options, report, isDistrusted });
          if (end === "done") return;
          isDistrusted = end === "token refused";
        }
      } finally {
        report.clear();
      }
    },
    { deadlineMs: ANSWER_WITHIN_MS },
  );
}

interface Run {
  readonly options: MirrorOptions;
  readonly report: MirrorReport;
  readonly isDistrusted: boolean;
}

async function mirrorFrom(source: ClientContext, { options, report, isDistrusted }: Run): Promise<"done" | "token refused" | "replaced"> {
  const isOnce = options.once === true;
  const patience = { signal: source.signal, giveUpMs: isOnce ? ONCE_GIVES_UP_MS : Number.POSITIVE_INFINITY };
  const opened = await untilReachable(patience, () => openMirror(source, options, isDistrusted));
  const follower = new SourceFollower({ source, opened, report, isOnce });
  try {
    await untilReachable(patience, (cameFurther) => follower.follow(cameFurther));
    const { counts } = follower.mirror;
    await report.end(follower.position, counts);
    if (isOnce && counts.leftOutCount > 0) {
      throw new CommandError(EXIT.notWhole, `entries without a form in this layout, left out: ${counts.leftOutCount}`);
    }
    return "done";
  } catch (error) {
    if (error instanceof SegmentClientError && error.reason === "BAD_RESUME_TOKEN" && !isDistrusted) {
      note(`the source does not take the resume token that is kept (${error.message}); the whole copy is compared`);
      return "token refused";
    }
    if (error instanceof ReplacedError) {
      note(`${error.message}; the whole copy is compared`);
      return "replaced";
    }
    // What was done is done, and need not be compared again.
    await follower.keepLast();
    throw error;
  } finally {
    await opened.close();
  }
}
