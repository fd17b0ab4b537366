import { configDefaults, defineConfig } from "vitest/config";

/** Tests that start many processes, or take long for another reason: `npm run test:long`, so that `npm test` stays short. */
const LONG = [
  "test/access/tcp.test.ts",
  "test/cli/{backup,compact-store,damage,every-command,export,golden,restore-backup}.test.ts",
  "test/docs/{access,agent-loop,backup,mirror,pages}.test.ts",
  "test/journeys/{buf-curl,race,stop}.test.ts",
];

const isLong = process.env["SEGLOG_TESTS"] === "long";

export default defineConfig({
  test: {
    include: isLong ? LONG : ["test/**/*.test.ts"],
    exclude: isLong ? configDefaults.exclude : [...configDefaults.exclude, ...LONG],
    testTimeout: 180_000,
    hookTimeout: 60_000,
    // Tests start daemons; more at once would only make each of them slower.
    maxWorkers: 2,
    // Loading the modules anew for each file would take a third of the time. Tests leave nothing behind in their process.
    isolate: false,
    // On shared machines a process may not be run for seconds; what fails twice is broken. The report names what was retried.
    retry: process.env["CI"] === undefined ? 0 : 1,
  },
});
