/**
 * The generated types of the contract, package `seglog.v1`.
 *
 * @packageDocumentation
 */
export * from "../gen/seglog/v1/admin_service_pb.js";
export * from "../gen/seglog/v1/entry_pb.js";
export * from "../gen/seglog/v1/segment_pb.js";
export * from "../gen/seglog/v1/segment_service_pb.js";
