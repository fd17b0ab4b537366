import type { Command } from "commander";
import { EntrySchema } from "../../../gen/seglog/v1/entry_pb.js";
import { type PathPart, pathEntryCount } from "../branch-path.js";
import { clientCommand } from "../client-command.js";
import { counted } from "../count-text.js";
import { diffSummary } from "../diff/diff-text.js";
import { type Diff, readDiff } from "../diff/read-diff.js";
import { LogDrawing } from "../draw/log-drawing.js";
import { addFullOption, type DrawOptions, type Pen, penOf } from "../draw/pen.js";
import { jsonLine, messageJson } from "../json-line.js";
import { print } from "../output.js";
import type { Part } from "../paint.js";
import { readLog } from "../read-log.js";
import { type ClientContext, type ClientOptions, withClient } from "../with-client.js";

/** `seglog diff`: shows what two branches have behind what they have in common. */
export function diffCommand(): Command {
  const diff = clientCommand({
    name: "diff",
    summary: "Show where two branches part, and what each has from there on.",
    details: "Entries are the same where both inherit them from one segment. - marks those of the first, + those of the second.",
    examples: ['seglog diff "$SEGMENT" "$BRANCH"', 'seglog diff "$SEGMENT" "$BRANCH" --json'],
  })
    .argument("<segment>", "one branch, by its segment")
    .argument("<other-segment>", "the other one");
  return addFullOption(diff).action(runDiff);
}

interface DiffOptions extends ClientOptions, Omit<DrawOptions, "color"> {}

function runDiff(first: string, second: string, options: DiffOptions): Promise<void> {
  return withClient(options, async (context) => {
    const diff = await readDiff(context, { a: first, b: second });
    await (options.json === true ? printJson(context, diff) : printText(context, diff, options));
  });
}

async function printText(context: ClientContext, diff: Diff, options: DiffOptions): Promise<void> {
  const pen = penOf(options);
  for (const line of diffSummary(diff)) await print(pen.paint("faint", line));
  if (diff.common.length === 0) return;
  for (const { mark, part, segmentId, path } of sides(diff)) {
    if (path.length === 0) continue;
    await print("");
    await print(pen.paint("strong", `${mark.repeat(3)} ${segmentId}: ${counted(pathEntryCount(path), "entry")}`));
    const drawing = new LogDrawing(behindMark(pen));
    for await (const place of entriesOn(context, path))
      for (const line of drawing.entryLines(place.entry, place)) await print(`${pen.paint(part, mark)} ${line}`);
  }
}

/** What is drawn behind a mark has as much less room. */
function behindMark(pen: Pen): Pen {
  return { ...pen, columns: pen.columns === undefined ? undefined : pen.columns - "- ".length };
}

async function printJson(context: ClientContext, diff: Diff): Promise<void> {
  const { common, turnCount } = diff;
  const [last] = common.slice(-1);
  await print(
    jsonLine({
      common: {
        entryCount: String(pathEntryCount(common)),
        segmentId: last?.segmentId ?? null,
        segmentEntryCount: String(last?.toIndex ?? 0n),
        turnCount: turnCount === undefined ? null : String(turnCount),
      },
      a: { segmentId: diff.a.segmentId, entryCount: String(pathEntryCount(diff.first)) },
      b: { segmentId: diff.b.segmentId, entryCount: String(pathEntryCount(diff.second)) },
    }),
  );
  if (common.length === 0) return;
  for (const { side, path } of sides(diff))
    for await (const { segmentId, entry } of entriesOn(context, path))
      await print(jsonLine({ side, segmentId, entry: messageJson(EntrySchema, entry) }));
}

interface Side {
  readonly side: "a" | "b";
  readonly mark: string;
  readonly part: Part;
  readonly segmentId: string;
  readonly path: readonly PathPart[];
}

function sides({ a, b, first, second }: Diff): Side[] {
  return [
    { side: "a", mark: "-", part: "bad", segmentId: a.segmentId, path: first },
    { side: "b", mark: "+", part: "good", segmentId: b.segmentId, path: second },
  ];
}

async function* entriesOn(context: ClientContext, path: readonly PathPart[]) {
  for (const { segmentId, fromIndex, toIndex } of path)
    for await (const entry of readLog(context, { segmentId, fromIndex, limit: toIndex - fromIndex })) yield { segmentId, entry };
}
