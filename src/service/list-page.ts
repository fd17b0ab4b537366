import { invalidField } from "../model/errors.js";
import { parseId } from "../model/id.js";
import { idRangeOf } from "../model/id-prefix.js";
import { PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX } from "../model/limits.js";
import type { ListRange } from "../store/store-reads.js";

/** What list requests have in common. */
interface ListRequest {
  readonly pageSize: number;
  readonly pageToken: string;
  readonly idPrefix: string;
}

/**
 * The range of ids that a list request asks for; undefined where no id can begin with its prefix.
 *
 * @throws SeglogError INVALID_FIELD
 */
export function listRangeOf<Id extends string>(request: ListRequest): ListRange<Id> | undefined {
  if (request.pageSize < 0) throw invalidField("page_size", "is below 0");
  const limit = request.pageSize === 0 ? PAGE_SIZE_DEFAULT : Math.min(request.pageSize, PAGE_SIZE_MAX);
  const before = request.pageToken === "" ? {} : { before: idOfToken(request.pageToken) as Id }; // parsed there
  if (request.idPrefix === "") return { limit, ...before };
  const range = idRangeOf(request.idPrefix);
  return range && { limit, from: range.from as Id, to: range.to as Id, ...before }; // made of whole ids
}

/**
 * A page and the token of the next one, empty where there is none.
 *
 * @param list gives the rows of a range; it is asked for one more than fit, which shows whether there are more
 */
export async function pageOf<Id extends string, Row>(
  range: ListRange<Id>,
  list: (range: ListRange<Id>) => Promise<readonly Row[]>,
  idOf: (row: Row) => Id,
): Promise<{ readonly rows: readonly Row[]; readonly nextPageToken: string }> {
  const found = await list({ ...range, limit: range.limit + 1 });
  const rows = found.slice(0, range.limit);
  const last = rows.at(-1);
  const isEnd = last === undefined || found.length === rows.length;
  return { rows, nextPageToken: isEnd ? "" : Buffer.from(idOf(last)).toString("base64url") };
}

function idOfToken(token: string): string {
  const id = parseId(Buffer.from(token, "base64url").toString("latin1"));
  if (id === undefined) throw invalidField("page_token", "is not the token of a page");
  return id;
}
