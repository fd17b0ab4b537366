// Writes the page of the API from the descriptor set, which holds the comments of the proto files:
// node scripts/api-reference.js [DESCRIPTORS [PAGE]]
import { readFileSync, writeFileSync } from "node:fs";
import { apiPage } from "./pages/api.js";

const [descriptors = "seglog.v1.binpb", page = "docs/api.md"] = process.argv.slice(2);
writeFileSync(page, apiPage(readFileSync(descriptors)));
