import { create } from "@bufbuild/protobuf";
import { Permission, type PodScope, PodScopeSchema, type ScopeRule, ScopeRuleSchema } from "../../../gen/seglog/v1/entry_pb.js";

/** Domain of the extensions that say what a pod may touch. */
export const POD_SCOPE_DOMAIN = "pod.scope";

const PERMISSIONS: ReadonlyMap<unknown, Permission> = new Map([
  ["read", Permission.READ],
  ["write", Permission.WRITE],
]);

/** Half of a surrogate pair on its own: JSON escapes can write one, UTF-8 cannot. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Reads the payload of a "pod.scope" extension. The form is described at `PodScope` in the contract.
 * Of a repeated key the last one counts, as in the JSON values that the seed kept.
 *
 * @returns undefined where the payload is not well-formed
 */
export function parsePodScope(payloadJson: string): PodScope | undefined {
  const payload = parseJson(payloadJson);
  if (!isObject(payload)) return undefined;

  const { allow: allowed, deny: denied } = payload;
  const allow = parseRules(allowed);
  const deny = parseRules(denied);
  if (allow === undefined || deny === undefined) return undefined;
  return create(PodScopeSchema, { allow, deny });
}

function parseRules(value: unknown): ScopeRule[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const rules: ScopeRule[] = [];
  for (const element of value) {
    const rule = parseRule(element);
    if (rule === undefined) return undefined;
    rules.push(rule);
  }
  return rules;
}

function parseRule(value: unknown): ScopeRule | undefined {
  if (!isObject(value)) return undefined;
  const { target, permission: permissionName, recursive = true } = value;
  const permission = PERMISSIONS.get(permissionName);
  if (typeof target !== "string" || LONE_SURROGATE.test(target)) return undefined;
  if (permission === undefined || typeof recursive !== "boolean") return undefined;
  return create(ScopeRuleSchema, { target, permission, recursive });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
