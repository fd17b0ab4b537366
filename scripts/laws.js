// The property tests of store and tail at full size: SEGLOG_LAW_RUNS command sequences each, 2,000 where it is not set.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const { status } = spawnSync(join("node_modules", ".bin", "vitest"), ["run", "test/store/laws", "test/tail/laws"], {
  stdio: "inherit",
  env: { SEGLOG_LAW_RUNS: "2000", ...process.env },
});
process.exitCode = status ?? 1;
