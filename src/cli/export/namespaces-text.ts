/** What to know of an export that holds sessions of more than one namespace; undefined where it does not: the layout has no place for it. */
export function namespacesText(namespaces: ReadonlySet<string>): string | undefined {
  if (namespaces.size < 2) return undefined;
  return `sessions of ${namespaces.size} namespaces lie beside each other: ${[...namespaces].sort().join(", ")}; --namespace keeps them apart`;
}
