import { describe } from "vitest";
import { appending } from "./appending.js";
import { creating } from "./creating.js";
import { deleting } from "./deleting.js";
import { feeding } from "./feeding.js";
import { forking } from "./forking.js";
import { importing } from "./importing.js";
import { limiting } from "./limiting.js";
import { listing } from "./listing.js";
import { separatingNamespaces } from "./namespaces.js";
import { keepingQuotas } from "./quotas.js";
import { reading } from "./reading.js";
import { rememberingRequests } from "./request-ids.js";
import type { StoreFactory } from "./store-under-test.js";
import { tracing } from "./tracing.js";
import { truncating } from "./truncating.js";

/**
 * The tests that any SegmentStore has to pass: what its methods give, what they refuse, and the laws
 * that hold between them.
 */
export function segmentStoreContract(name: string, open: StoreFactory): void {
  describe(name, () => {
    creating(open);
    appending(open);
    forking(open);
    importing(open);
    truncating(open);
    deleting(open);
    reading(open);
    feeding(open);
    listing(open);
    rememberingRequests(open);
    tracing(open);
    limiting(open);
    separatingNamespaces(open);
    keepingQuotas(open);
  });
}
