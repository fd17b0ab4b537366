import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { PodEventSchema, ScopeRuleSchema, type SystemItem, SystemItemSchema } from "../../gen/seglog/v1/entry_pb.js";
import { PERMISSION_NAMES, REMINDER_SOURCES } from "./names.js";
import { bool, list, oneOf, orElse, required, type Shape, string, struct, tagged, variant } from "./shape.js";

const scopeRule = struct(
  { target: required(string), permission: required(oneOf(PERMISSION_NAMES)), recursive: orElse(bool, true) },
  (rule) => create(ScopeRuleSchema, rule),
);

const podEvent = tagged({
  turn_ended: variant({ pod_name: required(string) }, ({ pod_name: podName }) =>
    create(PodEventSchema, { kind: { case: "turnEnded", value: { podName } } }),
  ),
  errored: variant({ pod_name: required(string), message: required(string) }, ({ pod_name: podName, message }) =>
    create(PodEventSchema, { kind: { case: "errored", value: { podName, message } } }),
  ),
  shut_down: variant({ pod_name: required(string) }, ({ pod_name: podName }) =>
    create(PodEventSchema, { kind: { case: "shutDown", value: { podName } } }),
  ),
  scope_sub_delegated: variant(
    { parent_pod: required(string), sub_pod: required(string), sub_socket: required(string), scope: required(list(scopeRule)) },
    ({ parent_pod: parentPod, sub_pod: subPod, sub_socket: subSocket, scope }) =>
      create(PodEventSchema, { kind: { case: "scopeSubDelegated", value: { parentPod, subPod, subSocket, scope } } }),
  ),
});

const body = required(string);

/** An item that the runtime injected. */
export const systemItem: Shape<SystemItem> = tagged({
  notification: variant({ message: required(string), body }, ({ message, body }) =>
    withBody(body, { case: "notification", value: { message } }),
  ),
  pod_event: variant({ event: required(podEvent), body }, ({ event, body }) => withBody(body, { case: "podEvent", value: event })),
  file_attachment: variant({ path: required(string), body }, ({ path, body }) =>
    withBody(body, { case: "fileAttachment", value: { path } }),
  ),
  knowledge: variant({ slug: required(string), body }, ({ slug, body }) => withBody(body, { case: "knowledge", value: { slug } })),
  workflow: variant({ slug: required(string), body }, ({ slug, body }) => withBody(body, { case: "workflow", value: { slug } })),
  task_reminder: variant({ source: orElse(oneOf(REMINDER_SOURCES), "task_inactivity"), body }, ({ source, body }) =>
    withBody(body, { case: "taskReminder", value: { source } }),
  ),
  interrupt: variant({ body }, ({ body }) => withBody(body, { case: "interrupt", value: {} })),
});

function withBody(body: string, kind: NonNullable<MessageInitShape<typeof SystemItemSchema>["kind"]>): SystemItem {
  return create(SystemItemSchema, { body, kind });
}
