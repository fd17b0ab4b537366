import { expect, test } from "vitest";
import { SegmentClientError } from "../../src/client/index.js";
import { startTestDaemon } from "../support/test-daemon.js";

const SECRET = "sk-4f1d-\u001b[31mred\r\nInjected: line";

test("what clients send stands in no log line and in no error", async () => {
  const { client, daemon, logLines } = await startTestDaemon({ limits: { entryBytesMax: 2000 } });
  const { segment } = await client.createSegment({ state: { systemPrompt: SECRET } });
  const segmentId = segment?.segmentId ?? "";
  const said = (text: string) => ({
    kind: { case: "userInput" as const, value: { pieces: [{ kind: { case: "text" as const, value: text } }] } },
  });
  const extension = (payloadJson: string) => ({ kind: { case: "extension" as const, value: { domain: SECRET, payloadJson } } });

  await client.append({ segmentId, entries: [said(SECRET)] });
  const refused = [
    () => client.append({ segmentId, entries: [extension(SECRET)] }),
    () => client.append({ segmentId, entries: [said(SECRET.repeat(100))] }),
    () => client.append({ segmentId, requestId: SECRET, entries: [said("a")] }),
    () => client.append({ segmentId: SECRET, entries: [said("a")] }),
    () => client.getSession({ sessionId: SECRET }),
    () => client.listSessions({ idPrefix: SECRET, pageToken: SECRET }),
    () => client.append({ segmentId, precondition: { entryCount: 9n }, entries: [said(SECRET)] }),
  ];
  const errors = await Promise.all(
    refused.map((call) =>
      call().then(
        () => undefined,
        (error: unknown) => error,
      ),
    ),
  );
  await daemon.close();

  expect(errors.every((error) => error instanceof SegmentClientError)).toBe(true);
  const told = JSON.stringify(
    errors.map((error) => (error instanceof SegmentClientError ? [error.message, error.metadata, error.fieldViolations] : error)),
  );
  expect(told).not.toMatch(/4f1d|Injected/);
  expect(logLines.length).toBeGreaterThan(0);
  expect(logLines.join("")).not.toMatch(/4f1d|Injected/);
});
