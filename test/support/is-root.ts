/** Whether the tests may act as other users. Where not, tests that have to are skipped and counted; in CI they must run. */
export const isRoot = process.geteuid?.() === 0;

if (!isRoot && process.env["CI"] === "true") throw new Error("in CI the tests run as root: some of them act as other users");
