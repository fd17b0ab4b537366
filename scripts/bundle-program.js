// Puts the program's modules into few files: hundreds of small ones would be most of the time that it takes to start.
// Runs on what tsc has built, beside it.
import { chmodSync } from "node:fs";
import { rolldown } from "rolldown";

const FOLDER = "dist/bin";
const BUILT = "dist/src";

// Processes that the program starts find their file beside the one that asks for it.
const input = {
  seglog: `${BUILT}/cli/main.js`,
  "reader-list": `${BUILT}/store/lmdb/reader-list.js`,
  "library-reader": `${BUILT}/store/lmdb/verify/library-reader.js`,
  "copy-process": `${BUILT}/store/lmdb/copies/copy-process.js`,
};

// What looks for files of its own beside its modules, native code among them, stays where it is.
const external = /^(lmdb|koffi|grpc-health-check|@grpc\/.*)$/;

const bundle = await rolldown({ input, external, platform: "node" });
await bundle.write({ dir: FOLDER, format: "esm", cleanDir: true, chunkFileNames: "[name]-[hash].js" });
chmodSync(`${FOLDER}/seglog.js`, 0o755);
