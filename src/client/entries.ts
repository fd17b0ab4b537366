import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type EntrySchema,
  type InputPieceSchema,
  type InvokeTrigger,
  type ItemSchema,
  type LlmUsageSchema,
  Permission,
  type PodScopeSchema,
  type RequestConfigSchema,
  Role,
  RunResult,
  type SystemItemSchema,
} from "../../gen/seglog/v1/entry_pb.js";
import { POD_SCOPE_DOMAIN } from "../model/replay/pod-scope.js";

/** An entry as a writer gives it. */
export type EntryInit = MessageInitShape<typeof EntrySchema>;

/** An item of a conversation as a writer gives it. */
export type ItemInit = MessageInitShape<typeof ItemSchema>;

/** A piece of a submission as a writer gives it. */
export type InputPieceInit = MessageInitShape<typeof InputPieceSchema>;

/** What set the agent going. */
export function invoke(trigger: InvokeTrigger): EntryInit {
  return { kind: { case: "invoke", value: { trigger } } };
}

/** What a user submitted: a text, or its typed pieces. */
export function userInput(input: string | readonly InputPieceInit[]): EntryInit {
  const pieces: InputPieceInit[] = typeof input === "string" ? [{ kind: { case: "text", value: input } }] : [...input];
  return { kind: { case: "userInput", value: { pieces } } };
}

/** An item from the model: a message, a tool call or reasoning. */
export function assistantItem(item: ItemInit): EntryInit {
  return { kind: { case: "assistantItem", value: { item } } };
}

/** A message of one part, as an item of a history. */
export function textMessage(role: Role, text: string): ItemInit {
  return { kind: { case: "message", value: { role, content: [{ kind: { case: "text", value: text } }] } } };
}

/** A message of the model, as its text. */
export function assistantText(text: string): EntryInit {
  return assistantItem(textMessage(Role.ASSISTANT, text));
}

/** Reasoning of the model, as its text. */
export function reasoning(text: string): EntryInit {
  return assistantItem({ kind: { case: "reasoning", value: { text } } });
}

/**
 * A call of a tool by the model.
 *
 * @param call its arguments as the model wrote them, usually JSON text
 */
export function toolCall(call: { readonly callId: string; readonly name: string; readonly arguments: string }): EntryInit {
  return assistantItem({ kind: { case: "toolCall", value: call } });
}

/** A tool's result: a summary for people, and the full output where there is more. */
export function toolResult(output: {
  readonly callId: string;
  readonly summary: string;
  readonly content?: string;
  readonly isError?: boolean;
}): EntryInit {
  return { kind: { case: "toolResult", value: { item: { kind: { case: "toolOutput", value: output } } } } };
}

/** An item that the runtime injected. */
export function systemItem(item: MessageInitShape<typeof SystemItemSchema>): EntryInit {
  return { kind: { case: "systemItem", value: item } };
}

/** The end of a turn. */
export function turnEnd(turnCount: bigint): EntryInit {
  return { kind: { case: "turnEnd", value: { turnCount } } };
}

/** The end of a run with a result. */
export function runCompleted(result: RunResult = RunResult.FINISHED, { interrupted = false } = {}): EntryInit {
  return { kind: { case: "runCompleted", value: { result, interrupted } } };
}

/** The end of a run with an error. */
export function runErrored(message: string, { interrupted = false } = {}): EntryInit {
  return { kind: { case: "runErrored", value: { message, interrupted } } };
}

/** Token usage of one model request. */
export function usage(counted: MessageInitShape<typeof LlmUsageSchema>): EntryInit {
  return { kind: { case: "llmUsage", value: counted } };
}

/**
 * A payload of some domain of its own.
 *
 * @param payload any value that JSON has a form for; give `payloadJson` where numbers beyond 2^53 are in it
 * @throws TypeError where JSON has none
 */
export function extension(domain: string, payload: unknown): EntryInit {
  const payloadJson: unknown = JSON.stringify(payload);
  if (typeof payloadJson !== "string") throw new TypeError(`the payload of domain ${domain} has no form in JSON`);
  return extensionOfJson(domain, payloadJson);
}

/** A payload of some domain, as the JSON text that it is kept as. */
export function extensionOfJson(domain: string, payloadJson: string): EntryInit {
  return { kind: { case: "extension", value: { domain, payloadJson } } };
}

/** What a pod may touch from here on, in the form that replay reads. */
export function podScope({ allow = [], deny = [] }: MessageInitShape<typeof PodScopeSchema>): EntryInit {
  return extension(POD_SCOPE_DOMAIN, { allow: allow.map(scopeRule), deny: deny.map(scopeRule) });
}

/** A new configuration, which replaces the one before as a whole. */
export function configChanged(config: MessageInitShape<typeof RequestConfigSchema>): EntryInit {
  return { kind: { case: "configChanged", value: { config } } };
}

/** A paused turn was given up. */
export function pausedTurnAbandoned(): EntryInit {
  return { kind: { case: "pausedTurnAbandoned", value: {} } };
}

type ScopeRuleInit = NonNullable<MessageInitShape<typeof PodScopeSchema>["allow"]>[number];

function scopeRule({ target = "", permission, recursive = true }: ScopeRuleInit): object {
  if (permission !== Permission.READ && permission !== Permission.WRITE)
    throw new TypeError(`the right to ${target} is not said; wanted Permission.READ or Permission.WRITE`);
  return { target, permission: permission === Permission.READ ? "read" : "write", recursive };
}
