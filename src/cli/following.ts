/** A sequence whose first element has been taken from it, as it was. */
export async function* following<Element>(first: Element, rest: AsyncIterable<Element>): AsyncGenerator<Element, void, undefined> {
  yield first;
  yield* rest;
}
