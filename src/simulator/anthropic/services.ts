// Anthropic's services beside messages: batches of messages, and files, as far as their SDK uses them. Shapes and errors as in
// the API reference; `results_url` is an address in full, as there.
import { asRecord, recordsOf, type JsonRecord } from "../json-record.ts";
import { readForm } from "../services/read-form.ts";
import { storeThing, thingsIn } from "../services/store-thing.ts";
import type { BytesReply, VendorRequest, World } from "../vocabulary.ts";
import { Complaint, envelopeHead } from "./envelope.ts";

/** Undefined for a path that is none of them. Throws Complaint. */
export function serveAnthropic(request: VendorRequest, world: World): JsonRecord | BytesReply | undefined {
  const [, service, id, action] =
    /^\/v1\/(messages\/batches|files)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(request.path) ?? [];
  if (service === undefined) return undefined;
  const called = `${request.method} ${id === undefined ? "all" : "one"}${action === undefined ? "" : ` ${action}`}`;
  const call = { request, world, place: `anthropic ${service} `, id: id ?? "" };
  return service === "files" ? serveFiles(called, call) : serveBatches(called, call);
}

interface ServiceRequest {
  readonly request: VendorRequest;
  readonly world: World;
  readonly place: string;
  readonly id: string;
}

function serveFiles(called: string, call: ServiceRequest): JsonRecord | BytesReply | undefined {
  const { world } = call;
  switch (called) {
    case "POST all":
      return addFile(call);
    case "GET all":
      return listOf(call);
    case "GET one":
      return find(call).record;
    case "GET one content":
      return bytesReply(world, "application/octet-stream", find(call).bytes ?? Buffer.alloc(0));
    case "DELETE one":
      find(call);
      world.stored.delete(call.place + call.id);
      return { id: call.id, type: "file_deleted" };
    default:
      return undefined;
  }
}

function serveBatches(called: string, call: ServiceRequest): JsonRecord | BytesReply | undefined {
  switch (called) {
    case "POST all":
      return addBatch(call);
    case "GET all":
      return listOf(call);
    case "GET one":
      return find(call).record;
    case "GET one results":
      return bytesReply(call.world, "application/x-jsonl", find(call).bytes ?? Buffer.alloc(0));
    case "POST one cancel":
      return { ...find(call).record, processing_status: "canceling" };
    case "DELETE one":
      find(call);
      call.world.stored.delete(call.place + call.id);
      return { id: call.id, type: "message_batch_deleted" };
    default:
      return undefined;
  }
}

function addFile({ request, world, place }: ServiceRequest): JsonRecord {
  const file = readForm(request.bytes ?? Buffer.alloc(0), request.headers["content-type"])?.files["file"];
  if (file === undefined) throw new Complaint("file: Field required");
  const id = `file_011${world.random.characters(21)}`;
  const { name: filename, type: mime_type, bytes } = file;
  const record = {
    id,
    type: "file",
    filename,
    mime_type,
    size_bytes: bytes.length,
    created_at: now(world),
    downloadable: true,
  };
  return storeThing(world, place + id, { record, bytes });
}

function addBatch({ request, world, place }: ServiceRequest): JsonRecord {
  const requests = recordsOf(asRecord(request.body)?.["requests"]);
  if (requests.length === 0) throw new Complaint("requests: Field required");
  const id = `msgbatch_01${world.random.characters(22)}`;
  const results = requests.map((one) => {
    const message = {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "claude-haiku-4-5",
      content: [{ type: "text", text: "Done." }],
      stop_reason: "end_turn",
      usage: { input_tokens: 4, output_tokens: 2 },
    };
    return `${JSON.stringify({ custom_id: one["custom_id"], result: { type: "succeeded", message } })}\n`;
  });
  const record = {
    id,
    type: "message_batch",
    processing_status: "ended",
    request_counts: { processing: 0, succeeded: requests.length, errored: 0, canceled: 0, expired: 0 },
    created_at: now(world),
    results_url: `http://${request.headers["host"] ?? "localhost"}/v1/messages/batches/${id}/results`,
  };
  return storeThing(world, place + id, { record, bytes: Buffer.from(results.join("")) });
}

function listOf({ world, place }: ServiceRequest): JsonRecord {
  const data = thingsIn(world, place);
  return { data, has_more: false, first_id: data[0]?.["id"] ?? null, last_id: data.at(-1)?.["id"] ?? null };
}

function find({ world, place, id }: ServiceRequest): { record: JsonRecord; bytes?: Uint8Array | undefined } {
  const thing = world.stored.get(place + id);
  if (thing === undefined)
    throw new Complaint(place.includes("files") ? "File not found." : `Message batch ${id} not found.`, 404);
  return thing;
}

function bytesReply(world: World, type: string, body: Uint8Array): BytesReply {
  const { status, headers } = envelopeHead(world, false);
  return { kind: "bytes", head: { status, headers: [["content-type", type], ...headers.slice(1)] }, body };
}

function now(world: World): string {
  return new Date(world.now()).toISOString();
}
