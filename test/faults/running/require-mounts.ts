import { requirePrograms, requireRoot } from "../machine/requirements.js";
import { run } from "../machine/run.js";
import { CannotRunError } from "../proof.js";

/** @throws CannotRunError where file systems cannot be mounted: root of a container may be kept from it */
export async function requireMounts(): Promise<void> {
  requireRoot();
  requirePrograms("mount", "umount", "unshare");
  await run("unshare", "--mount", "true").catch(() => {
    throw new CannotRunError("right to mount");
  });
}
