import { InvokeTrigger, Permission, Role, RunResult } from "../../gen/seglog/v1/entry_pb.js";
import { NoFormError } from "./no-form.js";

/** Names of one enum in the JSONL form. */
export type Names<Value> = ReadonlyMap<string, Value>;

/** Who speaks. */
export const ROLE_NAMES: Names<Role> = new Map([
  ["user", Role.USER],
  ["assistant", Role.ASSISTANT],
  ["system", Role.SYSTEM],
]);

/** Triggers of a run. */
export const TRIGGER_NAMES: Names<InvokeTrigger> = new Map([
  ["user_send", InvokeTrigger.USER_SEND],
  ["notify", InvokeTrigger.NOTIFY],
  ["pod_event", InvokeTrigger.POD_EVENT],
  ["system_reminder", InvokeTrigger.SYSTEM_REMINDER],
  ["wakeup", InvokeTrigger.WAKEUP],
]);

/** How a run ended. */
export const RESULT_NAMES: Names<RunResult> = new Map([
  ["finished", RunResult.FINISHED],
  ["paused", RunResult.PAUSED],
  ["limit_reached", RunResult.LIMIT_REACHED],
  ["yielded", RunResult.YIELDED],
]);

/** Rights. */
export const PERMISSION_NAMES: Names<Permission> = new Map([
  ["read", Permission.READ],
  ["write", Permission.WRITE],
]);

/** What raises a reminder of open tasks. */
export const REMINDER_SOURCES: Names<string> = new Map([["task_inactivity", "task_inactivity"]]);

/**
 * The name of a value, as JSON text.
 *
 * @throws NoFormError where it has none, such as a value of a newer version
 */
export function nameText<Value>(names: Names<Value>, value: Value): string {
  for (const [name, named] of names) if (named === value) return `"${name}"`;
  throw new NoFormError("a value without a name");
}
