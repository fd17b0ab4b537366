import { figures } from "../../journeys/load/report.js";
import { integerFlags } from "../integer-flags.js";
import { checkIsolation } from "../isolation/check-isolation.js";
import type { Proof } from "../proof.js";

/** Lets two namespaces do all that the service can do in one store, with each other's ids, prefixes, request ids and tokens. */
export const namespacesProof: Proof = {
  name: "namespaces",
  title: "what a caller is told is what it would be told if no other namespace were there, whatever is asked",
  short: ["--operations", "6000"],
  full: ["--operations", "100000"],
  async run(flags) {
    const { operations, seed } = integerFlags(flags, { operations: 100_000 });
    const { failures, ...counts } = await checkIsolation({ operationsMin: operations, seed });
    console.log(
      figures({
        operations: counts.operations,
        "  asked beside each other": counts.beside,
        "  for what only the other has": counts.reachedAcross,
        "  for ids that the other has": counts.idsTakenElsewhere,
        "  from tokens of the other": counts.foreignTokens,
        restarts: counts.restarts,
        ...Object.fromEntries(Object.entries(failures).map(([reason, count]) => [`  ${reason}`, count])),
      }),
    );
    return `${counts.operations} operations, ${counts.reachedAcross + counts.idsTakenElsewhere + counts.foreignTokens} of them across, 0 bytes and 0 differences of the other`;
  },
};
