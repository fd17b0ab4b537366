import { Argument, type Command } from "commander";
import { clientCommand } from "../client-command.js";
import { print } from "../output.js";
import { type ClientOptions, withClient } from "../with-client.js";

/** Ids that a shell is given: more than these nobody reads. */
const IDS_MAX = 100;

type Kind = "segment" | "session";

/** `seglog __complete`: prints the ids that begin as typed, for scripts that complete; not for people. */
export function completeIdsCommand(): Command {
  return clientCommand({
    name: "__complete",
    summary: "Print the newest ids that begin so.",
    examples: ["seglog __complete segment 01K", "seglog __complete session"],
  })
    .addArgument(new Argument("<kind>", "of what").choices(["segment", "session"]))
    .argument("[beginning]", "how they begin", "")
    .action((kind: Kind, idPrefix: string, options: ClientOptions) => runComplete(kind, idPrefix, options));
}

function runComplete(kind: Kind, idPrefix: string, options: ClientOptions): Promise<void> {
  return withClient(options, async ({ client, signal }) => {
    const page = { idPrefix, pageSize: IDS_MAX };
    const ids =
      kind === "segment"
        ? (await client.listSegments(page, { signal })).segments.map(({ segmentId }) => segmentId)
        : (await client.listSessions(page, { signal })).sessions.map(({ sessionId }) => sessionId);
    for (const id of ids) await print(id);
  });
}
