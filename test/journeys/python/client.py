"""A client of seglog with Debian's grpcio: create, append, tail and restore over the Unix socket.

Usage: client.py SOCKET PROTO_FOLDER THIRD_PARTY_FOLDER

The message classes come from protoc, into a folder that goes away again; the methods are called by
their paths, so that no plugin for gRPC is needed. Prints one JSON object with what it saw.
"""

import importlib
import json
import os
import subprocess
import sys
import tempfile
import uuid

import grpc

SERVICE = "/seglog.v1.SegmentService/"


def message_classes(proto_folder, third_party_folder, out):
    """The modules that protoc makes of the contract and of google.rpc's errors."""
    files = ["entry", "segment", "segment_service"]
    sources = [f"seglog/v1/{name}.proto" for name in files] + ["google/rpc/status.proto", "google/rpc/error_details.proto"]
    subprocess.run(["protoc", f"-I{proto_folder}", f"-I{third_party_folder}", f"--python_out={out}", *sources], check=True)
    # google.rpc lies beside the installed google.protobuf, of which Python knows one folder only.
    sys.path.insert(0, out)
    import google

    google.__path__.append(os.path.join(out, "google"))
    modules = [importlib.import_module(f"seglog.v1.{name}_pb2") for name in files]
    return modules + [importlib.import_module(f"google.rpc.{name}_pb2") for name in ("status", "error_details")]


def main():
    socket, proto_folder, third_party_folder = sys.argv[1:]
    with tempfile.TemporaryDirectory() as out:
        entry, segment, service, status, error_details = message_classes(proto_folder, third_party_folder, out)

    def unary(name, request):
        response = getattr(service, name + "Response")
        return channel.unary_unary(SERVICE + name, type(request).SerializeToString, response.FromString)(request)

    def stream(name, request):
        response = getattr(service, name + "Response")
        return channel.unary_stream(SERVICE + name, type(request).SerializeToString, response.FromString)(request)

    def said(text):
        return entry.Entry(user_input=entry.UserInput(pieces=[entry.InputPiece(text=text)]))

    def append(entry_count, *entries, request_id):
        precondition = service.Precondition(entry_count=entry_count)
        return unary("Append", service.AppendRequest(segment_id=segment_id, entries=entries, precondition=precondition, request_id=request_id))

    def follow(count, **start):
        """Follows the segment until it has been given so many entries: their texts and indexes, and the last token."""
        call = stream("Tail", service.TailRequest(segment_id=segment_id, **start))
        seen, token = [], None
        while len(seen) < count:
            message = next(call)
            token = message.resume_token
            for batch in message.entries.batches:
                seen += [{"index": e.index, "position": e.position, "text": text_of(e)} for e in batch.entries]
        call.cancel()
        return seen, token

    def text_of(e):
        return e.user_input.pieces[0].text if e.WhichOneof("kind") == "user_input" else e.WhichOneof("kind")

    def refusal(call):
        """What an error says of itself, in code and in its google.rpc.ErrorInfo."""
        try:
            call()
        except grpc.RpcError as error:
            trailers = dict(error.trailing_metadata())
            decoded = status.Status.FromString(trailers["grpc-status-details-bin"])
            info = error_details.ErrorInfo()
            unpacked = [detail.Unpack(info) for detail in decoded.details]
            facts = {"domain": info.domain, "reason": info.reason, "metadata": dict(info.metadata)}
            return {"code": error.code().name, "details": error.details(), "infos": unpacked.count(True), **facts}
        raise AssertionError("a call that was to be refused went well")

    with grpc.insecure_channel(f"unix:{socket}") as channel:
        # An id may be a UUID too, which is what Python has at hand.
        session_id = str(uuid.uuid4())
        state = segment.StartState(system_prompt="be brief", config=entry.RequestConfig(max_tokens=100))
        created = unary("CreateSegment", service.CreateSegmentRequest(session_id=session_id, state=state)).segment
        segment_id = created.segment_id

        first = append(1, said("größer ✓"), said("two"), request_id="python-1")
        again = append(1, said("größer ✓"), said("two"), request_id="python-1")
        conflict = refusal(lambda: append(1, said("late"), request_id="python-2"))
        seen, token = follow(3, edge=service.TAIL_EDGE_BEGINNING)
        answer = entry.Item(message=entry.Message(role=entry.ROLE_ASSISTANT, content=[entry.ContentPart(text="three")]))
        append(3, entry.Entry(assistant_item=entry.AssistantItem(item=answer)), said("four"), request_id="python-3")
        resumed, _ = follow(2, resume_token=token)
        state = segment.RestoredState()
        for part in stream("RestoreSegment", service.RestoreSegmentRequest(segment_id=segment_id)):
            state.MergeFrom(part.state)
        missing = refusal(lambda: unary("GetSegment", service.GetSegmentRequest(segment_id=str(uuid.uuid4()))))
        del missing["metadata"], missing["details"]  # the id in them is new each time

    print(
        json.dumps(
            {
                "grpc": grpc.__version__,
                "session_id": session_id,
                "segment_id": segment_id,
                "first": {"first_index": first.first_index, "entry_count": first.entry_count, "replayed": first.replayed},
                "again": {"first_index": again.first_index, "entry_count": again.entry_count, "replayed": again.replayed},
                "conflict": conflict,
                "missing": missing,
                "seen": seen,
                "resumed": resumed,
                "state": {
                    "system_prompt": state.system_prompt,
                    "max_tokens": state.config.max_tokens,
                    "entry_count": state.entry_count,
                    "history": [[entry.Role.Name(item.message.role), item.message.content[0].text] for item in state.history],
                },
            }
        )
    )


main()
