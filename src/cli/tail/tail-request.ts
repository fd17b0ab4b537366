import type { MessageInitShape } from "@bufbuild/protobuf";
import { EntryKindSchema, TailEdge, type TailRequestSchema } from "../../../gen/seglog/v1/segment_service_pb.js";
import { parseWhole } from "../arguments.js";
import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";

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
  if (scope === undefined) throw usage("nothing says what to follow; wanted a segment, --session or --store");
  return { scope, start: onlyOne(starts, "where to begin: --from, --after or --resume"), kinds: kindNumbers(flags.kinds) };
}

/** Names of the kinds that can be asked for, such as `user_input`. */
export const KIND_NAMES: readonly string[] = EntryKindSchema.values
  .filter(({ number }) => number !== 0)
  .map(({ localName }) => localName.toLowerCase());

function startFrom(text: string): Start {
  if (text === "beginning") return { case: "edge", value: TailEdge.BEGINNING };
  if (text === "end") return { case: "edge", value: TailEdge.END };
  if (/^\d+$/.test(text)) return { case: "fromIndex", value: parseWhole(text) };
  throw usage("--from is neither beginning, end nor an index");
}

function kindNumbers(text: string | undefined): number[] {
  return (text ?? "")
    .split(",")
    .filter((name) => name !== "")
    .map(kindNumber);
}

function kindNumber(name: string): number {
  const kind = EntryKindSchema.values.find(({ number, localName }) => number !== 0 && localName.toLowerCase() === name);
  if (kind === undefined) throw usage(`there is no kind ${name}; the kinds are ${KIND_NAMES.join(", ")}`);
  return kind.number;
}

function onlyOne<Value>(values: readonly (Value | undefined)[], what: string): Value | undefined {
  const given = values.filter((value) => value !== undefined);
  if (given.length > 1) throw usage(`more than one flag says ${what}; wanted one`);
  return given[0];
}

function usage(message: string): CommandError {
  return new CommandError(EXIT.usage, message);
}
