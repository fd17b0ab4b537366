import { nodeVersionWarning } from "../../daemon/start-warnings.js";
import { type Diagnosis, fail, ok, warn } from "./diagnosis.js";

const OLDEST = [20, 19] as const;

/** Whether this Node is one that seglog runs on. */
export function examineNode(): Diagnosis {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    return fail(`Node ${process.version}; install ${OLDEST.join(".")} or later`);
  }
  const warning = nodeVersionWarning(process.version);
  return warning === undefined ? ok(`Node ${process.version}`) : warn(warning);
}
