import { Code } from "../../gen/google/rpc/code_pb.js";
import type { Reason } from "../model/errors.js";

/** What the service tells of an error. */
export interface ToldError {
  /** Undefined where the error is of the connection. */
  readonly reason: string | undefined;
  /** Status code of gRPC. */
  readonly code?: number;
  /** Facts by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What a person can do about an error of the service or of the way there, as lines that follow the message. */
export function adviceOn({ reason, code, metadata }: ToldError): readonly string[] {
  if (reason !== undefined) return ADVICE[reason]?.(metadata) ?? [];
  return code === undefined ? [] : (ADVICE_OF_CODE.get(code) ?? []);
}

type Advise = (facts: Readonly<Record<string, string>>) => readonly string[];

const AGAIN = ["nothing was stored; run the command again in a moment"];

const ADVICE: Readonly<Record<string, Advise>> = {
  HEAD_MISMATCH: ({ segment_id: segment = "SEGMENT", entry_count: count = "COUNT" }) => [
    `see what came in between: seglog show ${segment}`,
    `then run the command again with --expect ${count}`,
  ],
  STREAM_FENCED: () => ["an entry before it was refused; append from there again"],
  SEGMENT_CHANGED: () => ["run the command again; what was printed may be gone"],
  INVALID_FIELD: ({ field = "" }) => {
    if (field === "token_id") return ["seglog token list lists what there is"];
    if (/_id$|^id_prefix$/.test(field)) return ["seglog ls lists sessions, seglog ls SESSION the segments of one"];
    return ["the command's --help says what is wanted; proto/seglog/v1 says it of entries"];
  },
  REQUEST_ID_REUSED: () => ["take another request id; a retry has to be the same request"],
  SESSION_NOT_FOUND: () => ["seglog ls lists the sessions that this caller may see"],
  SEGMENT_NOT_FOUND: () => ["seglog ls lists the sessions that this caller may see, seglog ls SESSION the segments of one"],
  SEGMENT_EXISTS: () => ["give no id and have a new one made, or another id"],
  SESSION_EXISTS: () => ["give no id and have a new one made, or another id"],
  SEGMENT_DIFFERS: ({ segment_id: segment = "SEGMENT" }) => [`compare it with what is here: seglog show ${segment} --format session-store`],
  BASE_NOT_FOUND: () => ["import the segment that it is based on first, as long as before"],
  HAS_DEPENDENTS: () => ["seglog ls SESSION says which segments inherit from it; deleting the session deletes all of them"],
  TURN_NOT_FOUND: ({ segment_id: segment = "SEGMENT" }) => [
    `seglog show ${segment} shows its turns; --missing-turn head takes the whole log instead`,
  ],
  PAST_HEAD: () => ["seglog ls SESSION says how many entries each segment has; seglog status has the store's head position"],
  ENTRY_TOO_LARGE: () => ["write it as several entries, or serve with a larger --entry-bytes-max; seglog status says what it is"],
  STORE_FULL: () => ["make room on the daemon's disk; seglog compact-store gives back what deletions left, while no daemon runs"],
  TOO_MANY_TAILS: () => ["end a tail, or serve with a larger --tails-max; seglog status says how many are open"],
  TOO_MANY_IN_FLIGHT: () => AGAIN,
  OVERLOADED: () => AGAIN,
  QUOTA_EXCEEDED: () => ["delete what is not needed, or have the operator raise the quota; seglog status says what it is"],
  FORK_TOO_DEEP: () => ["compact the segment and fork that, or serve with a larger --fork-depth-max"],
  SLOW_OBSERVER: () => ["read faster what it prints, into a file for instance, and go on with --resume"],
  BAD_TOKEN: () => [
    "show one with --token-file or $SEGLOG_TOKEN_FILE",
    "who may do everything makes one with: seglog token create --role ROLE --out FILE",
  ],
  ROLE: () => ["ask for a token of the role that is needed, or use a socket of it; seglog token create --role ROLE makes one"],
  TOKEN_NOT_FOUND: () => ["seglog token list lists what there is"],
  TOO_MANY_TOKENS: () => ["take back what nobody needs: seglog token list, seglog token revoke ID"],
  STARTING: () => ["run the command again in a moment"],
  DRAINING: () => ["run the command again once the daemon has been started again"],
  CHECKSUM_MISMATCH: () => [
    "stop the daemon, and see what is damaged with: seglog verify --deep",
    "a backup brings it back: seglog restore-backup; without one, seglog export --from-store saves the rest",
  ],
  BAD_RESUME_TOKEN: () => ["a token is of one store and one scope; begin with --from or --after instead"],
} satisfies Record<Reason, Advise>;

/** For errors of the connection, which have no reason. */
const ADVICE_OF_CODE: ReadonlyMap<number, readonly string[]> = new Map([
  [Code.UNAVAILABLE, ["--socket, --address, $SEGLOG_SOCKET and $SEGLOG_ADDRESS say where it is asked for"]],
  [Code.UNIMPLEMENTED, ["the daemon is older than this command; seglog status says which one it is"]],
]);
