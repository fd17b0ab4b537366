import { EventEmitter } from "node:events";
import { type DescFile, type DescService, fromBinary, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import type { ProtobufTypeDefinition, ServiceDefinition, UntypedServiceImplementation } from "@grpc/grpc-js";
import { ReflectionService as GrpcReflection } from "@grpc/reflection";
import { service as healthDefinition } from "grpc-health-check";
import { completeDescriptors } from "./complete-descriptors.js";
import { type LoadedMethod, loadedMethods } from "./loaded-method.js";

type ReflectedPackage = ConstructorParameters<typeof GrpcReflection>[0];

/** Answers the requests of one stream, in turn. */
export type AnswerReflection = (request: Uint8Array) => Uint8Array;

/** Makes, by the path of each version's only method, what answers the streams of that version. */
export function reflectionAnswers(services: readonly DescService[]): ReadonlyMap<string, () => AnswerReflection> {
  const answers = new Map<string, () => AnswerReflection>();
  new GrpcReflection(reflectedPackage(services)).addToServer({
    addService: (definition, implementation) => {
      const { ServerReflectionInfo: method } = loadedMethods<"ServerReflectionInfo">(definition);
      answers.set(method.path, () => answerOneStream(method, implementation));
    },
  });
  return answers;
}

function answerOneStream(method: LoadedMethod, implementation: UntypedServiceImplementation): AnswerReflection {
  const call = new ReflectionCall();
  const info: (call: object) => void = implementation["ServerReflectionInfo"] as never; // it wants a call of grpc-js, and uses what ours has
  info(call);
  return (request) => method.encode(call.ask(method.decode(request)));
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
function reflectedPackage(services: readonly DescService[]): ReflectedPackage {
  const seen = new Set<DescFile>();
  const ours = services.flatMap(({ file }) => encodedFiles(file, seen));
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
