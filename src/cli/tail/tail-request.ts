import type { MessageInitShape } from "@bufbuild/protobuf";
import { EntryKindSchema, TailEdge, type TailRequestSchema } from "../../../gen/seglog/v1/segment_service_pb.js";
import { wholeNumber } from "../arguments.js";
import { flagsError } from "../command-error.js";

/** What the flags of `seglog tail` say. */
export interface TailFlags {
  readonly segmentId: string | undefined;
  readonly session?: string;
  readonly store?: boolean;
  readonly from?: string;
  readonly after?: bigint;
  readonly resume?: string;
  readonly kinds?: string;
}

type TailRequestInit = MessageInitShape<typeof TailRequestSchema>;
type Scope = NonNullable<TailRequestInit["scope"]>;
type Start = NonNullable<TailRequestInit["start"]>;

/** A tail as it is asked for; `start` is undefined where the flags leave it open. */
export interface AskedTail {
  readonly scope: Scope;
  readonly start: Start | undefined;
  readonly kinds: number[];
}

/**
 * The tail that the flags ask for.
 *
 * @throws CommandError where they contradict each other
 */
export function askedTail(flags: TailFlags): AskedTail {
  const scopes: readonly (Scope | undefined)[] = [
    flags.segmentId === undefined ? undefined : { case: "segmentId", value: flags.segmentId },
    flags.session === undefined ? undefined : { case: "sessionId", value: flags.session },
    flags.store === true ? { case: "store", value: {} } : undefined,
  ];
  const starts: readonly (Start | undefined)[] = [
    flags.from === undefined ? undefined : startFrom(flags.from),
    flags.after === undefined ? undefined : { case: "afterPosition", value: flags.after },
    flags.resume === undefined ? undefined : { case: "resumeToken", value: flags.resume },
  ];
  const scope = onlyOne(scopes, "what to follow: a segment, --session or --store");
  if (scope === undefined) throw flagsError("nothing says what to follow; wanted a segment, --session or --store");
  const start = onlyOne(starts, "where to begin: --from, --after or --resume");
  if (start?.case === "fromIndex" && scope.case !== "segmentId")
    throw flagsError("--from has an index, which a segment alone has; wanted beginning or end, or --after with a position of the store");
  return { scope, start, kinds: kindNumbers(flags.kinds) };
}

/** Names of the kinds that can be asked for, such as `user_input`. */
export const KIND_NAMES: readonly string[] = EntryKindSchema.values
  .filter(({ number }) => number !== 0)
  .map(({ localName }) => localName.toLowerCase());

/** Words that say where a tail begins. */
export const EDGE_NAMES: readonly string[] = ["beginning", "end"];

function startFrom(text: string): Start {
  if (text === "beginning") return { case: "edge", value: TailEdge.BEGINNING };
  if (text === "end") return { case: "edge", value: TailEdge.END };
  const index = wholeNumber(text);
  if (index === undefined) throw flagsError("--from is neither beginning, end nor an index, which is a whole number from 0 up");
  return { case: "fromIndex", value: index };
}

function kindNumbers(text: string | undefined): number[] {
  return (text ?? "")
    .split(",")
    .filter((name) => name !== "")
    .map(kindNumber);
}

function kindNumber(name: string): number {
  const kind = EntryKindSchema.values.find(({ number, localName }) => number !== 0 && localName.toLowerCase() === name);
  if (kind === undefined) throw flagsError(`there is no kind ${name}; the kinds are ${KIND_NAMES.join(", ")}`);
  return kind.number;
}

function onlyOne<Value>(values: readonly (Value | undefined)[], what: string): Value | undefined {
  const given = values.filter((value) => value !== undefined);
  if (given.length > 1) throw flagsError(`more than one flag says ${what}; wanted one`);
  return given[0];
}
