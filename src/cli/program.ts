import { Command } from "commander";
import { VERSION } from "../daemon/version.js";
import { appendCommand } from "./commands/append.js";
import { backupCommand } from "./commands/backup.js";
import { compactCommand } from "./commands/compact.js";
import { compactStoreCommand } from "./commands/compact-store.js";
import { completeIdsCommand } from "./commands/complete-ids.js";
import { completionCommand } from "./commands/completion.js";
import { configCommand } from "./commands/config.js";
import { createCommand } from "./commands/create.js";
import { demoCommand } from "./commands/demo.js";
import { diffCommand } from "./commands/diff.js";
import { doctorCommand } from "./commands/doctor.js";
import { exportCommand } from "./commands/export.js";
import { forkCommand } from "./commands/fork.js";
import { healthCommand } from "./commands/health.js";
import { importCommand } from "./commands/import.js";
import { lsCommand } from "./commands/ls.js";
import { mirrorCommand } from "./commands/mirror.js";
import { restoreCommand } from "./commands/restore.js";
import { restoreBackupCommand } from "./commands/restore-backup.js";
import { rmCommand } from "./commands/rm.js";
import { serveCommand } from "./commands/serve.js";
import { showCommand } from "./commands/show.js";
import { statusCommand } from "./commands/status.js";
import { tailCommand } from "./commands/tail.js";
import { tokenCommand } from "./commands/token.js";
import { traceCommand } from "./commands/trace.js";
import { treeCommand } from "./commands/tree.js";
import { truncateCommand } from "./commands/truncate.js";
import { usageCommand } from "./commands/usage.js";
import { verifyCommand } from "./commands/verify.js";
import { exitCodesText } from "./exit-code.js";

/** The command line. What it throws, failureOf understands. */
export function seglogProgram(): Command {
  const program = new Command("seglog")
    .description("The session log for agent runtimes: fork trees of append-only segments, durable, over gRPC on a Unix socket.")
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .showHelpAfterError("Add --help for usage.")
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "seglog: ")) })
    .exitOverride();
  const commands = [
    serveCommand(),
    statusCommand(),
    healthCommand(),
    configCommand(),
    lsCommand(),
    treeCommand(),
    showCommand(),
    tailCommand(),
    diffCommand(),
    usageCommand(),
    traceCommand(),
    createCommand(),
    appendCommand(),
    forkCommand(),
    compactCommand(),
    truncateCommand(),
    rmCommand(),
    restoreCommand(),
    demoCommand(),
    importCommand(),
    exportCommand(),
    mirrorCommand(),
    backupCommand(),
    restoreBackupCommand(),
    compactStoreCommand(),
    tokenCommand(program),
    verifyCommand(),
    doctorCommand(),
    completionCommand(program),
  ];
  // Settings pass on by themselves only to commands that are made in place.
  for (const command of commands) program.addCommand(command.copyInheritedSettings(program).helpOption("-h, --help", "print this help"));
  program.addCommand(completeIdsCommand().copyInheritedSettings(program), { hidden: true });
  return program.addHelpText("after", `\n${exitCodesText()}`);
}
