import { expect, test } from "vitest";
import { EndProbe } from "../../src/transport/end-probe.js";

test("a session that writes no PING after something has come has ended", () => {
  const { probe, connection } = aConnection({ isAlive: false });

  connection.bytesRead += 10;

  expect([probe.hasEnded(connection, true), probe.hasEnded(connection, true)]).toEqual([false, true]);
});

test("one that writes it goes on, whether or not anybody answers", () => {
  const { probe, connection } = aConnection({ isAlive: true });

  const ended = Array.from({ length: 10 }, () => {
    connection.bytesRead += 10;
    return probe.hasEnded(connection, true);
  });

  expect(ended).not.toContain(true);
});

test("nobody is asked who has said nothing, or whose calls explain it", () => {
  const { probe, connection, pingCount } = aConnection({ isAlive: false });

  probe.hasEnded(connection, true);
  connection.bytesRead += 10;
  probe.hasEnded(connection, false);
  probe.hasEnded(connection, false);

  expect(pingCount()).toBe(0);
});

function aConnection({ isAlive }: { readonly isAlive: boolean }) {
  let pings = 0;
  const connection = {
    bytesRead: 0,
    bytesWritten: 100,
    ping() {
      pings++;
      if (isAlive) connection.bytesWritten += 17;
      return true;
    },
  };
  return { probe: new EndProbe(), connection, pingCount: () => pings };
}
