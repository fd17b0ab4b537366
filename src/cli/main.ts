#!/usr/bin/env node
import { failureOf } from "./failure.js";
import { endWithOutput, note } from "./output.js";
import { seglogProgram } from "./program.js";

endWithOutput();
try {
  await seglogProgram().parseAsync(process.argv);
} catch (error) {
  const { exitCode, message, advice = [] } = failureOf(error);
  if (message !== undefined) note(`seglog: ${message}`);
  for (const line of advice) note(`  ${line}`);
  process.exitCode = exitCode;
}
