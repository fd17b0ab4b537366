import { spawnSync } from "node:child_process";
import { type Diagnosis, fail, ok } from "./diagnosis.js";

/** Whether there is a `flock`, with which a store is locked. */
export function examineFlock(): Diagnosis {
  const { error, status } = spawnSync("flock", ["--help"], { stdio: "ignore", timeout: 5000 });
  return error !== undefined || status !== 0 ? fail("the program flock cannot be run; install util-linux") : ok("flock can be run");
}
