import type { Door } from "./door.js";
import type { Listening } from "./listening.js";
import type { Logger } from "./log.js";

/** Every place where a daemon listens. */
export interface ListeningDoors {
  /** Where, in the order of the doors. */
  readonly addresses: readonly [string, ...string[]];
  /** Takes no more connections anywhere, and removes the sockets. A second call does nothing. */
  close(): Promise<void>;
}

/**
 * Listens at every door, or at none: where one cannot be had, those before it are closed again.
 *
 * @throws SocketInUseError, SocketPathError, UnsafeFolderError, LockToolError
 */
export async function listenAtAll(doors: readonly [Door, ...Door[]], log: Logger): Promise<ListeningDoors> {
  const opened: Listening[] = [];
  const close = async () => {
    for (const listening of opened) await listening.close();
  };
  try {
    const [main, ...others] = doors;
    opened.push(await main.listen());
    for (const door of others) {
      const listening = await door.listen();
      opened.push(listening);
      log.info("the daemon listens here too", { address: listening.address, role: door.role, tokens: door.tokens });
    }
  } catch (error) {
    await close();
    throw error;
  }
  const [first = "", ...rest] = opened.map(({ address }) => address);
  return { addresses: [first, ...rest], close };
}
