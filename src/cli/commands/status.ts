import type { Command } from "commander";
import { type GetStatusResponse, GetStatusResponseSchema, type NamespaceStatus } from "../../../gen/seglog/v1/segment_service_pb.js";
import { DEFAULT_NAMESPACE } from "../../model/caller.js";
import { clientCommand } from "../client-command.js";
import { messageLine } from "../json-line.js";
import { print } from "../output.js";
import { paintOf } from "../paint.js";
import { sizeText } from "../size-text.js";
import { pairLines } from "../table.js";
import { timeText } from "../time-text.js";
import { type ClientOptions, withClient } from "../with-client.js";

/** `seglog status`: describes the daemon and its store. */
export function statusCommand(): Command {
  return clientCommand({
    name: "status",
    summary: "Describe the daemon and its store.",
    examples: ["seglog status", "seglog status --json"],
  }).action(runStatus);
}

function runStatus(options: ClientOptions): Promise<void> {
  return withClient(options, async ({ client, signal }) => {
    const status = await client.getStatus({}, { signal });
    const lines = options.json === true ? [messageLine(GetStatusResponseSchema, status)] : pairLines(statusPairs(status), paintOf(options));
    for (const line of lines) await print(line);
  });
}

/** Where nothing is counted and nothing is limited, a namespace is not worth a line. */
function namespacePairs(namespace: NamespaceStatus | undefined): (readonly [string, string])[] {
  if (namespace === undefined) return [];
  const { namespaceId, sessionCount, byteSize, tailCount, quotas } = namespace;
  const isCounted = sessionCount !== undefined && byteSize !== undefined;
  if (!isCounted && Object.keys(quotas).length === 0 && namespaceId === DEFAULT_NAMESPACE) return [];
  const counted = isCounted ? `, ${sessionCount} sessions, ${sizeText(byteSize)}` : "";
  return [
    ["namespace", `${namespaceId}${counted}, ${tailCount} open tails`],
    ...Object.entries(quotas)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => [`quota ${name}`, String(value)] as const),
  ];
}

function statusPairs(status: GetStatusResponse): (readonly [string, string])[] {
  const limits = Object.entries(status.limits).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    ["daemon", `seglog ${status.version}, ${status.draining ? "stopping" : "serving"} since ${timeText(status.startTime)}`],
    ["store", `${status.storeId}, format ${status.formatVersion}`],
    ["on disk", sizeText(status.storeByteSize)],
    ["head position", String(status.headPosition)],
    ["open tails", String(status.tailCount)],
    ...namespacePairs(status.namespace),
    ...limits.map(([name, value]) => [`limit ${name}`, String(value)] as const),
  ];
}
