import { EventEmitter, setMaxListeners } from "node:events";
import { type DescFile, fromBinary, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import type { ProtobufTypeDefinition, ServiceDefinition, UntypedServiceImplementation } from "@grpc/grpc-js";
import { ReflectionService as GrpcReflection } from "@grpc/reflection";
import { service as healthDefinition } from "grpc-health-check";
import { AdminService } from "../../gen/seglog/v1/admin_service_pb.js";
import { SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import type { BidiStreaming } from "../service/handlers.js";
import { untilStopping } from "../service/until-stopping.js";
import { completeDescriptors } from "./complete-descriptors.js";
import { type LoadedMethod, loadedMethods } from "./loaded-method.js";
import type { ServedMethod } from "./served-method.js";

type ReflectedPackage = ConstructorParameters<typeof GrpcReflection>[0];

/** Server reflection, v1 and v1alpha, of every service on the socket. */
export class ReflectionService {
  readonly #stopping = new AbortController();

  constructor() {
    setMaxListeners(0, this.#stopping.signal); // every stream listens to it
  }

  /** Its methods: both versions have this one, a stream both ways. */
  methods(): readonly ServedMethod<undefined>[] {
    const methods: ServedMethod<undefined>[] = [];
    new GrpcReflection(reflectedPackage()).addToServer({
      addService: (definition, implementation) => {
        const { ServerReflectionInfo: method } = loadedMethods<"ServerReflectionInfo">(definition);
        const handler = answerEach(method, implementation, this.#stopping.signal);
        methods.push({ path: method.path, name: "ServerReflectionInfo", kind: "bidi_streaming", handler });
      },
    });
    return methods;
  }

  /** Ends the streams that are open. */
  drain(): void {
    this.#stopping.abort();
  }
}

/** Asks one at a time, since an answer can be ten thousand times as long as its request. */
function answerEach(method: LoadedMethod, implementation: UntypedServiceImplementation, stopping: AbortSignal): BidiStreaming<undefined> {
  return async function* (_deps, requests) {
    const call = new ReflectionCall();
    const info: (call: object) => void = implementation["ServerReflectionInfo"] as never; // it wants a call of grpc-js, and uses what ours has
    info(call);
    for await (const group of untilStopping(requests, stopping)) {
      for (const request of group) yield [method.encode(call.ask(method.decode(request)))];
    }
  };
}

/** What @grpc/reflection needs of a call: it answers each `data` at once. */
class ReflectionCall extends EventEmitter {
  #answer: object = {};

  ask(request: object): object {
    this.emit("data", request);
    return this.#answer;
  }

  write(answer: object): void {
    this.#answer = answer;
  }
}

/**
 * The files of all services, in the form in which @grpc/reflection reads them: of each value only the encoded files.
 * With every import among them it has nothing to warn of on the console.
 */
function reflectedPackage(): ReflectedPackage {
  const seen = new Set<DescFile>();
  const ours = [SegmentService, AdminService].flatMap(({ file }) => encodedFiles(file, seen));
  const theirs = [healthDefinition, ...reflectionDefinitions()].flatMap(filesOfDefinition);
  const all: ProtobufTypeDefinition = { format: "Protocol Buffer 3 DescriptorProto", type: {}, fileDescriptorProtos: [...ours, ...theirs] };
  return { all } as ReflectedPackage; // proto-loader's type asks for codecs too, of which reflection needs none
}

function encodedFiles(file: DescFile, seen: Set<DescFile>): Buffer[] {
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
