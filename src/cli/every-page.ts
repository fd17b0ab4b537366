/** Gives every row of a list that comes in pages. */
export async function* everyPage<Page extends { readonly nextPageToken: string }, Row>(
  fetchPage: (pageToken: string) => Promise<Page>,
  rowsOf: (page: Page) => readonly Row[],
): AsyncGenerator<Row, void, undefined> {
  let pageToken = "";
  do {
    const page = await fetchPage(pageToken);
    yield* rowsOf(page);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
}
