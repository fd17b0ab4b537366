import assert from "node:assert/strict";
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { type ProcessEnd, socketOf } from "../../journeys/daemon/daemon-process.js";
import { figures } from "../../journeys/load/report.js";
import { integerFlags } from "../integer-flags.js";
import { noteMount, unmount } from "../machine/mounted-disk.js";
import { requirePrograms } from "../machine/requirements.js";
import { run } from "../machine/run.js";
import { CannotRunError, type Proof } from "../proof.js";
import { type DaemonOptions, Daemons } from "../running/daemons.js";
import { requireMounts } from "../running/require-mounts.js";

const OTHER_UID = 12_345;

/** Where a start is refused: how the folder of a daemon is made to be so, and the one line that is said. */
interface Place {
  readonly name: string;
  readonly exitCode: number;
  readonly line: (data: string) => string;
  /** Makes it, given the folder; gives what undoes it. */
  readonly make: (folder: string, data: string) => Promise<() => Promise<void>>;
}

const nothing = async () => {};

const REFUSED: readonly Place[] = [
  {
    name: "read-only file system",
    exitCode: 77,
    line: (data) => `folder ${data} is on a file system that is read-only; wanted one to write to`,
    make: async (_, data) => {
      mkdirSync(data, { mode: 0o700 });
      return mounted(() => run("mount", "-t", "tmpfs", "-o", "ro,mode=0700", "none", data), data);
    },
  },
  {
    name: "missing parent on a read-only file system",
    exitCode: 77,
    line: (data) => `folder ${data} can be neither found nor created: EROFS`,
    make: async (folder) => mounted(() => run("mount", "-t", "tmpfs", "-o", "ro", "none", join(folder, "a")), join(folder, "a")),
  },
  {
    name: "FUSE",
    exitCode: 78,
    line: (data) =>
      `folder ${data} is on fuse, whose locks and flushes cannot be relied upon; wanted a local ext4 or xfs, or --unsafe-allow-fs fuse to do without the promises`,
    make: async (folder, data) => mountedFuse(folder, data),
  },
  {
    name: "another's folder",
    exitCode: 77,
    line: (data) => `folder ${data} belongs to user ${OTHER_UID}; wanted user 0, who runs this`,
    make: async (_, data) => {
      mkdirSync(data, { mode: 0o700 });
      chownSync(data, OTHER_UID, OTHER_UID);
      return nothing;
    },
  },
  {
    name: "a folder above that all may write to",
    exitCode: 77,
    line: (data) => `folder ${data} lies in ${join(data, "..")} of mode 0777, where all may replace it; wanted 0755 or 1777 there`,
    make: async (folder) => {
      chmodSync(join(folder, "a"), 0o777);
      return nothing;
    },
  },
  {
    name: "a symbolic link",
    exitCode: 77,
    line: (data) => `folder ${data} is a symbolic link to real; wanted a folder itself, name that one`,
    make: async (folder, data) => {
      mkdirSync(join(folder, "a", "real"), { mode: 0o700 });
      symlinkSync("real", data);
      return nothing;
    },
  },
];

/** Folders and file systems that no store may be in, and what is made where one may. */
export const startChecksProof: Proof = {
  name: "start-checks",
  title: "a start where no store may be is refused with one line and its exit code, and changes nothing; elsewhere nobody else gets in",
  short: [],
  full: [],
  async run(flags) {
    integerFlags(flags, {});
    await requireMounts();
    requirePrograms("setpriv", "bindfs");
    if (!existsSync("/dev/fuse")) throw new CannotRunError("FUSE device");
    return Daemons.use(async (daemons) => {
      const rows: Record<string, string> = {};
      for (const place of REFUSED) rows[place.name] = String(await refusalIn(daemons, place));
      rows["FUSE that is allowed"] = await servesOn(daemons, mountedFuse, { env: { SEGLOG_UNSAFE_ALLOW_FS: "fuse" } }, "is on fuse");
      rows["overlay"] = await servesOn(daemons, mountedOverlay, {}, "is on overlay");
      rows["modes under umask 000"] = await modesUnderNoMask(daemons);
      console.log(figures(rows));
      return `${Object.keys(rows).length} places, each as documented`;
    });
  },
};

async function refusalIn(daemons: Daemons, place: Place): Promise<ProcessEnd> {
  const folder = await daemons.folder();
  const data = join(folder, "a", "data");
  mkdirSync(join(folder, "a"), { mode: 0o755 });
  const undo = await place.make(folder, data);
  try {
    const before = listing(folder);
    const daemon = daemons.spawn(folder, { data });
    const end = await daemon.ended;
    assert.equal(daemon.log, `seglog: ${place.line(data)}\n`, place.name);
    assert.equal(end, place.exitCode, place.name);
    assert.deepEqual(listing(folder), before, `${place.name}: what was there`);
    return end;
  } finally {
    await undo();
  }
}

async function servesOn(
  daemons: Daemons,
  mount: (folder: string, data: string) => Promise<() => Promise<void>>,
  options: DaemonOptions,
  warning: string,
): Promise<string> {
  const folder = await daemons.folder();
  mkdirSync(join(folder, "a"), { mode: 0o755 });
  const data = join(folder, "a", "data");
  const undo = await mount(folder, data);
  try {
    const daemon = await daemons.start(folder, { ...options, data: join(data, "store") });
    await daemons.aSegment(folder);
    assert.equal(await daemon.end("SIGTERM"), 0, daemon.log);
    assert(daemon.log.includes(`the store ${warning}`), daemon.log);
    return "serves, warns";
  } finally {
    await undo();
  }
}

/** All that a daemon makes is for its owner alone, and nobody else connects. */
async function modesUnderNoMask(daemons: Daemons): Promise<string> {
  const folder = await daemons.folder();
  chmodSync(join(folder, ".."), 0o755); // others may come as far as here
  chmodSync(folder, 0o755);
  const daemon = await daemons.start(folder, { under: ["/bin/sh", "-c", 'umask 000 && exec "$@"', "sh"], data: join(folder, "a", "data") });
  await daemons.aSegment(folder);
  const made = listing(folder).filter((line) => !line.startsWith("."));
  for (const line of made) assert.match(line, / (0700|0600)$/, "what the daemon made");
  const socket = socketOf({ folder });
  for (const mode of [0o700, 0o755]) {
    chmodSync(join(folder, "run"), mode); // the socket's own mode keeps others out, too
    await assert.rejects(run("setpriv", `--reuid=${OTHER_UID}`, "--clear-groups", process.execPath, "-e", connecting(socket)), /EACCES/);
  }
  assert.equal(await daemon.end("SIGTERM"), 0, daemon.log);
  return `${made.length} files, 0700 or 0600`;
}

function connecting(socket: string): string {
  return `require("node:net").connect(${JSON.stringify(socket)}).on("connect", () => process.exit(0)).on("error", (error) => { throw error; })`;
}

/** Each file and folder beneath one, with its mode. */
function listing(folder: string, beneath = ""): readonly string[] {
  return readdirSync(join(folder, beneath), { withFileTypes: true }).flatMap((each) => {
    const path = join(beneath, each.name);
    const mode = (lstatSync(join(folder, path)).mode & 0o7777).toString(8).padStart(4, "0");
    return [`${path} ${mode}`, ...(each.isDirectory() ? listing(folder, path) : [])];
  });
}

async function mountedFuse(folder: string, data: string): Promise<() => Promise<void>> {
  mkdirSync(join(folder, "behind"), { mode: 0o700 });
  mkdirSync(data, { mode: 0o700 });
  return mounted(() => run("bindfs", join(folder, "behind"), data), data);
}

async function mountedOverlay(folder: string, data: string): Promise<() => Promise<void>> {
  const layers = join(folder, "layers");
  // An overlay cannot lie on another one, as the folders of a container do: on a disk in memory it can.
  mkdirSync(layers);
  await run("mount", "-t", "tmpfs", "none", layers);
  noteMount(layers);
  const [lower, upper, work] = ["lower", "upper", "work"].map((name) => join(layers, name));
  for (const layer of [lower, upper, work, data]) mkdirSync(layer ?? "", { mode: 0o700 });
  const options = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
  const undo = await mounted(() => run("mount", "-t", "overlay", "-o", options, "none", data), data);
  return async () => {
    await undo();
    await unmount(layers);
  };
}

async function mounted(mount: () => Promise<unknown>, mountPoint: string): Promise<() => Promise<void>> {
  await mount();
  noteMount(mountPoint);
  return () => unmount(mountPoint);
}
