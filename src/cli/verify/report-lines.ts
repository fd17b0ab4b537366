import type { CheckReport, Finding } from "../../store/lmdb/verify/check.js";
import type { StoreReport } from "../../store/lmdb/verify/verify-store.js";
import { jsonLine } from "../json-line.js";
import type { Paint } from "../paint.js";
import { tableLines } from "../table.js";

/** What the check of a store came to, as lines for people: a row for each check, then each finding. */
export function reportLines({ meta, checks }: StoreReport, paint: Paint): string[] {
  const store = meta === undefined ? [] : [`store ${meta.storeId}, format ${meta.formatVersion}`, ""];
  const findings = checks.flatMap((check) => check.findings);
  return [
    ...store,
    ...tableLines(CHECK_COLUMNS, checks.map(checkRow), paint),
    ...(findings.length === 0 ? [] : ["", ...findingLines(findings, paint)]),
    ...leftOut(checks),
  ];
}

/** The same as one JSON object a line: each check, then each finding. */
export function reportJsonLines({ meta, checks, findingCount }: StoreReport): string[] {
  const whole = { storeId: meta?.storeId ?? null, formatVersion: meta?.formatVersion ?? null, findingCount };
  return [
    jsonLine({ store: whole }),
    ...checks.map(({ findings: _, limit, ...check }) => jsonLine({ check: { ...check, limit: limit ?? null } })),
    ...checks.flatMap(({ findings }) => findings.map(findingJson)),
  ];
}

const CHECK_COLUMNS = [
  { heading: "CHECK" },
  { heading: "LOOKED AT", isNumber: true },
  { heading: "FINDINGS", isNumber: true },
  { heading: "OF ALL" },
];

function checkRow({ name, checkedCount, findingCount, limit }: CheckReport): string[] {
  return [name, String(checkedCount), String(findingCount), limit ?? "all"];
}

const FINDING_COLUMNS = [{ heading: "TABLE" }, { heading: "SEGMENT" }, { heading: "INDEX", isNumber: true }, { heading: "WHAT" }];

function findingLines(findings: readonly Finding[], paint: Paint): string[] {
  return tableLines(
    FINDING_COLUMNS,
    findings.map(({ table, segmentId, index, problem }) => [table, segmentId ?? "-", index === undefined ? "-" : String(index), problem]),
    paint,
  );
}

function leftOut(checks: readonly CheckReport[]): string[] {
  return checks
    .filter(({ findingCount, findings }) => findingCount > findings.length)
    .map(({ name, findingCount, findings }) => `${name}: ${findingCount - findings.length} more findings are not listed`);
}

function findingJson({ table, segmentId, index, problem }: Finding): string {
  return jsonLine({ finding: { table, segmentId: segmentId ?? null, index: index === undefined ? null : String(index), problem } });
}
