import type { Command } from "commander";
import { OnMissingTurn } from "../../gen/seglog/v1/segment_service_pb.js";
import { parseWhole } from "./arguments.js";
import { CommandError } from "./command-error.js";
import { EXIT } from "./exit-code.js";

/** A point of a segment, as the flags of a command say it. */
export interface PointOptions {
  readonly turn?: bigint;
  readonly entries?: bigint;
  readonly missingTurn?: string;
}

/** The point in the contract's words. */
export interface Point {
  readonly at: { readonly case: "turn" | "entryCount"; readonly value: bigint } | { readonly case: undefined };
  readonly onMissingTurn: OnMissingTurn;
}

/** Adds the flags that say a point. */
export function addPointOptions(command: Command): Command {
  return command
    .option(
      "--turn <number>",
      "after the first turn end with this number; 0 is before the first entry that is not an opening one",
      parseWhole,
    )
    .option("--entries <count>", "after this many entries of the segment's own log", parseWhole)
    .option("--missing-turn <what>", "for a turn that no turn end has: fail, or head for the whole log", "fail");
}

/**
 * The point that the flags say; the head where they say none.
 *
 * @throws CommandError where they say two, or a word that is none
 */
export function pointOf({ turn, entries, missingTurn = "fail" }: PointOptions): Point {
  if (turn !== undefined && entries !== undefined)
    throw new CommandError(EXIT.usage, "--turn and --entries name two points; wanted one of them");
  if (missingTurn !== "fail" && missingTurn !== "head") throw new CommandError(EXIT.usage, "--missing-turn is neither fail nor head");
  const onMissingTurn = missingTurn === "head" ? OnMissingTurn.HEAD : OnMissingTurn.FAIL;
  if (turn !== undefined) return { at: { case: "turn", value: turn }, onMissingTurn };
  if (entries !== undefined) return { at: { case: "entryCount", value: entries }, onMissingTurn };
  return { at: { case: undefined }, onMissingTurn };
}
