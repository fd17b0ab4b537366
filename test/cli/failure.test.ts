import { CommanderError, InvalidArgumentError } from "commander";
import { expect, test } from "vitest";
import { CommandError, InterruptedError } from "../../src/cli/command-error.js";
import { failureOf } from "../../src/cli/failure.js";
import { SegmentClientError } from "../../src/client/client-error.js";
import { NO_ERROR_DETAILS } from "../../src/contract/error-details.js";
import { STATUS_CODE_OF_REASON } from "../../src/contract/status-code.js";
import { ConfigError } from "../../src/daemon/config/config-error.js";
import { invalidField, type Reason } from "../../src/model/errors.js";

const EXIT_CODES: Partial<Record<Reason, number>> = {
  SEGMENT_NOT_FOUND: 3,
  TURN_NOT_FOUND: 3,
  PAST_HEAD: 3,
  HEAD_MISMATCH: 4,
  SEGMENT_EXISTS: 4,
  HAS_DEPENDENTS: 4,
  INVALID_FIELD: 2,
  DRAINING: 5,
  TOO_MANY_TAILS: 5,
  CHECKSUM_MISMATCH: 6,
  STORE_FULL: 1,
};

test.each(Object.entries(EXIT_CODES))("%s ends with exit code %i", (reason, exitCode) => {
  const code = STATUS_CODE_OF_REASON[reason as Reason]; // entries forgets that they are reasons

  const failure = failureOf(new SegmentClientError(code, "no", { details: { ...NO_ERROR_DETAILS, reason } }));

  expect(failure).toMatchObject({ exitCode, message: "no" });
});

test.each([
  [14, 5],
  [4, 5],
  [5, 3],
  [10, 4],
  [15, 6],
  [2, 1],
])("status code %i without a reason ends with exit code %i", (code, exitCode) => {
  expect(failureOf(new SegmentClientError(code, "no"))).toMatchObject({ exitCode, message: "no" });
});

test("a reason of a newer daemon goes by its status code", () => {
  const details = { ...NO_ERROR_DETAILS, reason: "NEWER" };

  expect(failureOf(new SegmentClientError(10, "no", { details }))).toMatchObject({ exitCode: 4 });
});

test.each([
  ["a wrong setting", new ConfigError("no"), { exitCode: 2, message: "no" }],
  [
    "wrong usage, of which commander has told,",
    new CommanderError(1, "commander.unknownCommand", "no"),
    { exitCode: 2, message: undefined },
  ],
  ["a wrong value, of which commander has not told,", new InvalidArgumentError("no"), { exitCode: 2, message: "no" }],
  ["help that was asked for", new CommanderError(0, "commander.helpDisplayed", "help"), { exitCode: 0, message: undefined }],
  ["a refusal of the command itself", new CommandError(75, "no"), { exitCode: 75, message: "no" }],
  [
    "a refusal by a rule of the service",
    invalidField("x_id", "is none"),
    { exitCode: 2, message: "x_id is none", advice: [expect.any(String)] },
  ],
  ["an interrupt", new InterruptedError("interrupted"), { exitCode: 130, message: undefined }],
  ["what nobody foresaw", new Error("no"), { exitCode: 1, message: "no" }],
  ["what is no error", "no", { exitCode: 1, message: "no" }],
])("%s has its exit code", (_, error, failure) => {
  expect(failureOf(error)).toEqual(failure);
});
