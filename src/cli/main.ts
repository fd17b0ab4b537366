#!/usr/bin/env node
import { failureOf } from "./failure.js";
import { note } from "./output.js";
import { seglogProgram } from "./program.js";

try {
  await seglogProgram().parseAsync(process.argv);
} catch (error) {
  const { exitCode, message } = failureOf(error);
  if (message !== undefined) note(`seglog: ${message}`);
  process.exitCode = exitCode;
}
