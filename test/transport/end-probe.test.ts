import { expect, test } from "vitest";
import { EndProbe } from "../../src/transport/end-probe.js";

test("a session that writes no PING after something has come has ended", () => {
  const { probe, connection } = aConnection({ isAlive: false });

  connection.bytesRead += 10;

  expect([probe.hasEnded(connection, quietAt(0)), probe.hasEnded(connection, quietAt(1))]).toEqual([false, true]);
});

test("one that writes it goes on, whether or not anybody answers", () => {
  const { probe, connection, pingCount } = aConnection({ isAlive: true });

  const ended = Array.from({ length: 100 }, (_, second) => {
    connection.bytesRead += 10;
    return probe.hasEnded(connection, quietAt(second * 1000));
  });

  expect(ended).not.toContain(true);
  expect(pingCount()).toBeLessThanOrEqual(20); // and it is asked seldom
});

test("one that had no time to write it has not ended, however late the sweeps are", () => {
  const { probe, connection } = aConnection({ isAlive: false, isDue: false });
  connection.bytesRead += 10;

  const ended = [0, 300, 9000].map((nowMs) => probe.hasEnded(connection, quietAt(nowMs)));

  expect(ended).toEqual([false, false, false]);
});

test("nobody is asked who has said nothing", () => {
  const { probe, connection, pingCount } = aConnection({ isAlive: false });

  for (let second = 0; second < 100; second++) probe.hasEnded(connection, quietAt(second * 1000));

  expect(pingCount()).toBe(0);
});

test("what came together with calls is asked about once these are over", () => {
  const { probe, connection } = aConnection({ isAlive: false });
  connection.bytesRead += 10;

  const ended = [false, true, true].map((isQuiet, sweep) => probe.hasEnded(connection, { isQuiet, nowMs: 250 * sweep }));

  expect(ended).toEqual([false, false, true]);
});

function quietAt(nowMs: number) {
  return { isQuiet: true, nowMs };
}

function aConnection({ isAlive, isDue = true }: { readonly isAlive: boolean; readonly isDue?: boolean }) {
  let pings = 0;
  const connection = {
    bytesRead: 0,
    bytesWritten: 100,
    ping(onDue: () => void) {
      pings++;
      if (isAlive) connection.bytesWritten += 17;
      if (isDue) onDue();
      return true;
    },
  };
  return { probe: new EndProbe(), connection, pingCount: () => pings };
}
