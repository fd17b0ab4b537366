import { segmentStoreContract } from "../contract/segment-store-contract.js";
import { openedForTest } from "./lmdb-stores.js";

segmentStoreContract("the LMDB store", openedForTest);
