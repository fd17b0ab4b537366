import { AdminService } from "../../gen/seglog/v1/admin_service_pb.js";
import { type ClientSettings, type ClientTarget, createServiceClient, type ServiceClient } from "./service-client.js";

/** The methods of AdminService by their camelCase names, and the end of the connection. */
export type AdminClient = ServiceClient<(typeof AdminService)["method"]>;

/** A client of what operators do with a daemon as it runs; see createSegmentClient for how it behaves. */
export function createAdminClient(target: ClientTarget, settings: ClientSettings = {}): AdminClient {
  return createServiceClient(AdminService, target, settings);
}
