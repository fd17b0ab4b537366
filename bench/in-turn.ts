/** What is measured beside the others. */
export type Contenders<Name extends string> = Readonly<Record<Name, () => Promise<number>>>;

/**
 * Measures each contender once a run, one after the other and never two at a time, so that what the machine does
 * meanwhile befalls all of them alike. Every second run goes in the opposite order.
 */
export async function inTurn<Name extends string>(runs: number, contenders: Contenders<Name>): Promise<Record<Name, number[]>> {
  const entries = Object.entries(contenders) as [Name, () => Promise<number>][]; // the keys of a Record are its names
  const figures = Object.fromEntries(entries.map(([name]) => [name, []])) as unknown as Record<Name, number[]>; // likewise
  for (let run = 0; run < runs; run++) {
    const order = run % 2 === 0 ? entries : entries.toReversed();
    for (const [name, measure] of order) figures[name].push(await measure());
  }
  return figures;
}
