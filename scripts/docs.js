// Writes the pages that follow from the program, as it is built: node scripts/docs.js [FOLDER]
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { commandLinePage } from "./pages/command-line.js";
import { configurationPage } from "./pages/configuration.js";

const [folder = "docs"] = process.argv.slice(2);
writeFileSync(join(folder, "configuration.md"), configurationPage());
writeFileSync(join(folder, "command-line.md"), commandLinePage());
