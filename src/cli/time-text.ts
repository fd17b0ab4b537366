import { type Timestamp, timestampDate } from "@bufbuild/protobuf/wkt";

/** A time as people read it, to the second; `-` where there is none. */
export function timeText(time: Timestamp | undefined): string {
  if (time === undefined) return "-";
  const date = timestampDate(time);
  return Number.isNaN(date.getTime()) ? "-" : date.toISOString().replace(/\.\d+Z$/, "Z");
}
