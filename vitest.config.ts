import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
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
