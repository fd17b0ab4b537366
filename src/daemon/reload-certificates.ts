import type { Door } from "./door.js";
import type { Logger } from "./log.js";

/**
 * What reads the certificates of all doors again, for the connections to come; undefined where no door has any.
 * Where some cannot be had, those from before hold on, and the log says why.
 */
export function certificateReloader(doors: readonly Door[], log: Logger): (() => void) | undefined {
  const reloads = doors.flatMap(({ reloadCertificates }) => reloadCertificates ?? []);
  if (reloads.length === 0) return undefined;
  return () => {
    for (const reload of reloads) {
      try {
        reload();
        log.info("the certificates were read again");
      } catch (error) {
        log.error("the certificates cannot be had, those from before hold on", {}, error);
      }
    }
  };
}
