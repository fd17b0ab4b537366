/** Runs an action for each element, a few at a time, and gives what they came to in order. */
export async function inTurns<Element, Outcome>(
  elements: readonly Element[],
  run: (element: Element) => Promise<Outcome>,
  atOnceMax = 3,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const waiting = elements.entries();
  const worker = async () => {
    for (const [i, element] of waiting) outcomes[i] = await run(element);
  };
  await Promise.all(Array.from({ length: atOnceMax }, worker));
  return outcomes;
}
