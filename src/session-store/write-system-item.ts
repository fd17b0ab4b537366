import type { PodEvent, ScopeRule, SystemItem } from "../../gen/seglog/v1/entry_pb.js";
import { arrayText, objectText, stringText } from "./json-text.js";
import { nameText, PERMISSION_NAMES, REMINDER_SOURCES } from "./names.js";
import { NoFormError } from "./no-form.js";

/**
 * An item that the runtime injected.
 *
 * @throws NoFormError
 */
export function systemItemText(item: SystemItem): string {
  const { kind } = item;
  const body = stringText(item.body);
  switch (kind.case) {
    case "notification":
      return objectText({ kind: '"notification"', message: stringText(kind.value.message), body });
    case "podEvent":
      return objectText({ kind: '"pod_event"', event: podEventText(kind.value), body });
    case "fileAttachment":
      return objectText({ kind: '"file_attachment"', path: stringText(kind.value.path), body });
    case "knowledge":
      return objectText({ kind: '"knowledge"', slug: stringText(kind.value.slug), body });
    case "workflow":
      return objectText({ kind: '"workflow"', slug: stringText(kind.value.slug), body });
    case "taskReminder":
      return objectText({ kind: '"task_reminder"', source: nameText(REMINDER_SOURCES, kind.value.source), body });
    case "interrupt":
      return objectText({ kind: '"interrupt"', body });
    case undefined:
      throw new NoFormError("a system item without a known kind");
    default:
      return kind satisfies never;
  }
}

/**
 * Right to a path.
 *
 * @throws NoFormError
 */
export function scopeRuleText({ target, permission, recursive = true }: ScopeRule): string {
  return objectText({
    target: stringText(target),
    permission: nameText(PERMISSION_NAMES, permission),
    recursive: String(recursive),
  });
}

function podEventText({ kind }: PodEvent): string {
  switch (kind.case) {
    case "turnEnded":
      return objectText({ kind: '"turn_ended"', pod_name: stringText(kind.value.podName) });
    case "errored":
      return objectText({
        kind: '"errored"',
        pod_name: stringText(kind.value.podName),
        message: stringText(kind.value.message),
      });
    case "shutDown":
      return objectText({ kind: '"shut_down"', pod_name: stringText(kind.value.podName) });
    case "scopeSubDelegated": {
      const { parentPod, subPod, subSocket, scope } = kind.value;
      return objectText({
        kind: '"scope_sub_delegated"',
        parent_pod: stringText(parentPod),
        sub_pod: stringText(subPod),
        sub_socket: stringText(subSocket),
        scope: arrayText(scope.map(scopeRuleText)),
      });
    }
    case undefined:
      throw new NoFormError("a pod event of an unknown kind");
    default:
      return kind satisfies never;
  }
}
