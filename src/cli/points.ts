import { type Command, Option } from "commander";
import { OnMissingTurn } from "../../gen/seglog/v1/segment_service_pb.js";
import { parseWhole } from "./arguments.js";
import { flagsError } from "./command-error.js";

/** A point of a segment, as the flags of a command say it. */
export interface PointOptions {
  readonly turn?: bigint;
  readonly entries?: bigint;
  readonly missingTurn?: "fail" | "head";
}

/** The point in the contract's words. */
export interface Point {
  readonly at: { readonly case: "turn" | "entryCount"; readonly value: bigint } | { readonly case: undefined };
  readonly onMissingTurn: OnMissingTurn;
}

/** Adds the flags that say a point. */
export function addPointOptions(command: Command): Command {
  const missingTurn = new Option("--missing-turn <what>", "for a turn that no turn end has: fail, or head for the whole log");
  return command
    .option(
      "--turn <number>",
      "after the first turn end with this number; 0 is before the first entry that is not an opening one",
      parseWhole,
    )
    .option("--entries <count>", "after this many entries of the segment's own log", parseWhole)
    .addOption(missingTurn.choices(["fail", "head"]).default("fail"));
}

/**
 * The point that the flags say; the head where they say none.
 *
 * @throws CommandError where they say two
 */
export function pointOf({ turn, entries, missingTurn = "fail" }: PointOptions): Point {
  if (turn !== undefined && entries !== undefined) throw flagsError("--turn and --entries name two points; wanted one of them");
  const onMissingTurn = missingTurn === "head" ? OnMissingTurn.HEAD : OnMissingTurn.FAIL;
  if (turn !== undefined) return { at: { case: "turn", value: turn }, onMissingTurn };
  if (entries !== undefined) return { at: { case: "entryCount", value: entries }, onMissingTurn };
  return { at: { case: undefined }, onMissingTurn };
}
