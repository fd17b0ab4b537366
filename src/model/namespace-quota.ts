/** What a namespace may take up; without limit where unset. */
export interface NamespaceQuota {
  /** Most sessions in it. */
  readonly sessionsMax?: number | undefined;
  /** Most bytes of its entries and traces as stored. */
  readonly bytesMax?: number | undefined;
  /** Most tails of its callers open at once. */
  readonly tailsMax?: number | undefined;
  /** Entries that may be added to it in a second, records of traces among them. */
  readonly entriesPerSecondMax?: number | undefined;
}

/** The quotas of all namespaces. */
export interface NamespaceQuotas {
  /** Of each namespace, where it has none of its own. */
  readonly defaults: NamespaceQuota;
  /** By name: what is set here stands instead of the default. */
  readonly byName: ReadonlyMap<string, NamespaceQuota>;
}

/** No namespace has a quota. */
export const NO_QUOTAS: NamespaceQuotas = { defaults: {}, byName: new Map() };

/** What a namespace may take up. */
export function quotaOf({ defaults, byName }: NamespaceQuotas, namespace: string): NamespaceQuota {
  const own = byName.get(namespace);
  if (own === undefined) return defaults;
  return {
    sessionsMax: own.sessionsMax ?? defaults.sessionsMax,
    bytesMax: own.bytesMax ?? defaults.bytesMax,
    tailsMax: own.tailsMax ?? defaults.tailsMax,
    entriesPerSecondMax: own.entriesPerSecondMax ?? defaults.entriesPerSecondMax,
  };
}
