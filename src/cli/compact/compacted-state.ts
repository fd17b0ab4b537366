import type { MessageInitShape } from "@bufbuild/protobuf";
import type { RequestConfig } from "../../../gen/seglog/v1/entry_pb.js";
import { type ItemSchema, Role } from "../../../gen/seglog/v1/entry_pb.js";
import type { ClientContext } from "../with-client.js";

/** The system prompt and the configuration that hold at the head of a segment. */
export interface KeptState {
  readonly systemPrompt?: string;
  readonly config?: RequestConfig;
}

/** Who a summary is said by, by the name of the flag. */
export const SUMMARY_ROLES = { user: Role.USER, system: Role.SYSTEM } as const;

/** What a compaction keeps of its source. The history comes over too, and is dropped part by part. */
export async function keptState({ client, signal }: ClientContext, segmentId: string): Promise<KeptState> {
  let kept: KeptState = {};
  for await (const { state } of client.restoreSegment({ segmentId }, { signal })) {
    const { systemPrompt, config } = state ?? {};
    kept = { ...kept, ...(systemPrompt !== undefined && { systemPrompt }), ...(config !== undefined && { config }) };
  }
  return kept;
}

/** A history that is a summary alone. */
export function summaryItem(text: string, role: keyof typeof SUMMARY_ROLES): MessageInitShape<typeof ItemSchema> {
  const content = [{ kind: { case: "text" as const, value: text } }];
  return { kind: { case: "message", value: { role: SUMMARY_ROLES[role], content } } };
}
