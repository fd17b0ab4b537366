import { type DescFile, fromBinary, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import {
  type handleBidiStreamingCall,
  type ProtobufTypeDefinition,
  type Server,
  type ServerDuplexStream,
  type ServiceDefinition,
  status,
} from "@grpc/grpc-js";
import { ReflectionService as GrpcReflection } from "@grpc/reflection";
import { service as healthDefinition } from "grpc-health-check";
import { SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { completeDescriptors } from "./complete-descriptors.js";

type ReflectedPackage = ConstructorParameters<typeof GrpcReflection>[0];
type ReflectionCall = ServerDuplexStream<unknown, unknown>;

/** Server reflection, v1 and v1alpha, of every service on the socket. */
export class ReflectionService {
  readonly #open = new Set<ReflectionCall>();

  /** Adds both services to a server. */
  addTo(server: Server): void {
    new GrpcReflection(reflectedPackage()).addToServer({
      addService: (definition, implementation) => {
        // Both versions have this one method, a stream both ways.
        const info = implementation["ServerReflectionInfo"] as handleBidiStreamingCall<unknown, unknown>;
        server.addService(definition, { ServerReflectionInfo: this.#paced(info) });
      },
    });
  }

  /** Ends the streams that are open. */
  drain(): void {
    for (const call of this.#open) call.emit("error", { code: status.UNAVAILABLE, details: "the daemon is stopping" });
    this.#open.clear();
  }

  /** Reads no further while answers wait to be read, which @grpc/reflection itself does not mind. */
  #paced(info: handleBidiStreamingCall<unknown, unknown>): handleBidiStreamingCall<unknown, unknown> {
    return (call) => {
      this.#open.add(call);
      call.once("cancelled", () => this.#open.delete(call));
      info(call);
      call.on("data", () => {
        if (!call.writableNeedDrain) return;
        call.pause();
        call.once("drain", () => call.resume());
      });
    };
  }
}

/**
 * The files of all services, in the form in which @grpc/reflection reads them: of each value only the encoded files.
 * With every import among them it has nothing to warn of on the console.
 */
function reflectedPackage(): ReflectedPackage {
  const ours = encodedFiles(SegmentService.file);
  const theirs = [healthDefinition, ...reflectionDefinitions()].flatMap(filesOfDefinition);
  const all: ProtobufTypeDefinition = { format: "Protocol Buffer 3 DescriptorProto", type: {}, fileDescriptorProtos: [...ours, ...theirs] };
  return { all } as ReflectedPackage; // proto-loader's type asks for codecs too, of which reflection needs none
}

function encodedFiles(file: DescFile, seen = new Set<DescFile>()): Buffer[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const imported = file.dependencies.flatMap((dependency) => encodedFiles(dependency, seen));
  return [...imported, Buffer.from(toBinary(FileDescriptorProtoSchema, file.proto))];
}

/** The definitions of reflection itself, which its package shows to servers only. */
function reflectionDefinitions(): ServiceDefinition[] {
  const definitions: ServiceDefinition[] = [];
  new GrpcReflection({}).addToServer({ addService: (definition) => definitions.push(definition) });
  return definitions;
}

/** proto-loader, which both packages load their files with, leaves the files beside each message. */
function filesOfDefinition(definition: ServiceDefinition): Buffer[] {
  const [method] = Object.values(definition) as { readonly requestType?: ProtobufTypeDefinition }[]; // a field that grpc-js' type leaves out
  return (method?.requestType?.fileDescriptorProtos ?? []).map((bytes) => {
    const file = fromBinary(FileDescriptorProtoSchema, bytes);
    completeDescriptors(file);
    return Buffer.from(toBinary(FileDescriptorProtoSchema, file));
  });
}
