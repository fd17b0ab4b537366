import { expect, test } from "vitest";
import { Code } from "../../gen/google/rpc/code_pb.js";
import { STATUS_CODE_OF_REASON } from "../../src/contract/status-code.js";

test("each reason has the status code that the contract promises", () => {
  const promised = `
    ABORTED: HEAD_MISMATCH STREAM_FENCED SEGMENT_CHANGED
    INVALID_ARGUMENT: INVALID_FIELD REQUEST_ID_REUSED BAD_RESUME_TOKEN
    NOT_FOUND: SESSION_NOT_FOUND SEGMENT_NOT_FOUND TOKEN_NOT_FOUND
    ALREADY_EXISTS: SEGMENT_EXISTS SESSION_EXISTS SEGMENT_DIFFERS
    FAILED_PRECONDITION: BASE_NOT_FOUND HAS_DEPENDENTS
    OUT_OF_RANGE: TURN_NOT_FOUND PAST_HEAD
    RESOURCE_EXHAUSTED: ENTRY_TOO_LARGE STORE_FULL TOO_MANY_TAILS TOO_MANY_IN_FLIGHT FORK_TOO_DEEP SLOW_OBSERVER QUOTA_EXCEEDED OVERLOADED TOO_MANY_TOKENS
    UNAUTHENTICATED: BAD_TOKEN
    PERMISSION_DENIED: ROLE
    UNAVAILABLE: STARTING DRAINING
    DATA_LOSS: CHECKSUM_MISMATCH`;
  const byReason = promised
    .trim()
    .split("\n")
    .flatMap((line) => {
      const [code = "", reasons = ""] = line.trim().split(": ");
      return reasons.split(" ").map((reason) => [reason, code]);
    });

  const actual = Object.entries(STATUS_CODE_OF_REASON).map(([reason, code]) => [reason, Code[code]]);

  expect(Object.fromEntries(actual)).toEqual(Object.fromEntries(byReason));
});
