import { cpus, release, totalmem } from "node:os";
import { hasH2load } from "./h2load.js";
import type { Spread } from "./statistics.js";
import { unaryAppend } from "./unary-append.js";

/*
 * npm run bench [-- --quick]
 *
 * Durable unary Append beside a node:http2 echo of the same bytes, and bytes on disk.
 */
const isQuick = process.argv.includes("--quick");

if (!hasH2load()) {
  console.log("the bench needs h2load, of Debian's package nghttp2-client; nothing was measured");
} else {
  const gib = Math.round(totalmem() / 2 ** 30);
  console.log(`node ${process.version}, ${cpus().length} x ${cpus()[0]?.model.trim() ?? "?"}, ${gib} GiB, Linux ${release()}`);
  console.log(`${new Date().toISOString().slice(0, 10)}, medians of ${isQuick ? 3 : 5} runs in turn, least and greatest in brackets\n`);
  for (const inFlight of [1, 16, 128]) {
    const calls = (inFlight === 1 ? 2000 : 20_000) * (isQuick ? 1 : 2);
    const figures = await unaryAppend({ inFlight, entryBytes: 600, calls, runs: isQuick ? 3 : 5 });
    console.log(`unary Append, ${figures.entryBytes}-byte entries, ${inFlight} in flight`);
    console.log(`  appends a second      ${spread(figures.appendsPerSecond, 0)}`);
    console.log(`  echoes a second       ${spread(figures.echoesPerSecond, 0)}`);
    console.log(`  append of echo        ${spread(figures.ratio, 2)}`);
    console.log(`  daemon's CPU, µs      ${spread(figures.cpuMicros, 0)}`);
    console.log(`  disk of payload       ${figures.diskRatio.toFixed(2)}\n`);
  }
}

function spread({ median, min, max }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)} to ${max.toFixed(digits)})`;
}
