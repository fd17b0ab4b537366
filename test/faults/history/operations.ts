import type { Answer, Attempt, Head, Operation } from "./history.js";

/** The first attempt that was acknowledged. */
export function acknowledgement({ attempts }: Operation): (Attempt & { readonly outcome: { readonly answer: Answer } }) | undefined {
  let first: (Attempt & { readonly outcome: { readonly type: "ok"; readonly answer: Answer } }) | undefined;
  for (const { outcome, ...times } of attempts) {
    if (outcome.type === "ok" && (first === undefined || times.endNs < first.endNs)) first = { ...times, outcome };
  }
  return first;
}

/** What it was answered, where it was. */
export function answerOf(operation: Operation): Answer | undefined {
  return acknowledgement(operation)?.outcome.answer;
}

/** Whether every attempt was refused, so that nothing of it may be there. */
export function isRefused({ attempts }: Operation): boolean {
  return attempts.every(({ outcome }) => outcome.type === "fail");
}

/** When it was first asked for, in nanoseconds. */
export function askedNs({ attempts }: Operation): number {
  return Math.min(...attempts.map(({ invokeNs }) => invokeNs));
}

/** Whether a segment is as a writer believed. */
export function isAsBelieved(believed: Partial<Head> | undefined, head: Head): boolean {
  return (
    (believed?.entryCount ?? head.entryCount) === head.entryCount && (believed?.headPosition ?? head.headPosition) === head.headPosition
  );
}

/** Which operation said a value, and as which of its entries. */
export type ByValue = ReadonlyMap<string, { readonly operation: Operation; readonly part: number }>;

/** Operations by the values of their entries. */
export function operationsByValue(operations: readonly Operation[]): ByValue {
  return new Map(operations.flatMap((operation) => operation.values.map((value, part) => [value, { operation, part }] as const)));
}
