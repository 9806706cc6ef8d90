// OpenAI's services beside generation: images, audio, moderations, files, batches and stored responses, as far as their SDK
// uses them. Checks, shapes and errors as in the API reference.
import { asRecord, type JsonRecord } from "../json-record.ts";
import { readForm } from "../services/read-form.ts";
import { storeThing, thingsIn } from "../services/store-thing.ts";
import type { BytesReply, Reply, VendorRequest, World } from "../vocabulary.ts";
import { refusalOfKey } from "./answer-post.ts";
import { Complaint, errorReply } from "./envelope.ts";
import { pictures } from "./pictures.ts";
import {
  bytesReply,
  headOf,
  requireFile,
  requireMember,
  requireModel,
  seconds,
  type ServiceRequest,
} from "./service-request.ts";
import { speech, transcript } from "./speech.ts";

const moderationModels = ["omni-moderation-latest", "text-moderation-latest"];

type Serve = (call: ServiceRequest) => JsonRecord | BytesReply;

const services: readonly (readonly [pattern: RegExp, serve: Serve])[] = [
  [/^POST images\/generations$/, pictures],
  [/^POST images\/(?:edits|variations)$/, pictures],
  [/^POST audio\/speech$/, speech],
  [/^POST audio\/(?:transcriptions|translations)$/, transcript],
  [/^POST moderations$/, moderation],
  [/^POST files$/, addFile],
  [/^GET files$/, (call) => list(call, "file")],
  [/^GET files\/[^/]+$/, (call) => find(call, "file").record],
  [/^GET files\/[^/]+\/content$/, fileContent],
  [/^DELETE files\/[^/]+$/, (call) => remove(call, "file")],
  [/^POST batches$/, addBatch],
  [/^GET batches$/, (call) => list(call, "batch")],
  [/^GET batches\/[^/]+$/, (call) => find(call, "batch").record],
  [/^POST batches\/[^/]+\/cancel$/, (call) => ({ ...find(call, "batch").record, status: "cancelling" })],
  [/^GET responses\/[^/]+$/, (call) => find(call, "response").record],
  [/^GET responses\/[^/]+\/input_items$/, inputItems],
  [/^DELETE responses\/[^/]+$/, (call) => remove(call, "response")],
  [/^GET chat\/completions$/, (call) => list(call, "chat.completion")],
];

/** Undefined for a path that is none of them. */
export function serveOpenai(request: VendorRequest, world: World): Reply | BytesReply | undefined {
  const path = request.path.replace(/^\/v1\//, "");
  const serve = services.find(([pattern]) => pattern.test(`${request.method} ${path}`))?.[1];
  if (serve === undefined) return undefined;
  const refused = refusalOfKey(request, world);
  if (refused !== undefined) return refused;
  const form = readForm(request.bytes ?? Buffer.alloc(0), request.headers["content-type"]);
  const members = form?.fields ?? asRecord(request.body) ?? {};
  try {
    const body = serve({ request, world, members, form, parts: path.split("/") });
    return isBytes(body) ? body : { kind: "document", tokens: 0, body, head: headOf(world) };
  } catch (error) {
    if (error instanceof Complaint) return errorReply(world, error.status, error.body);
    throw error;
  }
}

function isBytes(body: JsonRecord | BytesReply): body is BytesReply {
  return body["kind"] === "bytes" && "head" in body;
}

function moderation(call: ServiceRequest): JsonRecord {
  const model = requireModel(call, moderationModels, "omni-moderation-latest");
  const { input } = call.members;
  if (input === undefined) requireMember(call, "input");
  const results = [input]
    .flat()
    .map(() => ({ flagged: false, categories: { violence: false }, category_scores: { violence: 0.01 } }));
  return { id: newId(call.world, "modr-"), model, results };
}

function addFile(call: ServiceRequest): JsonRecord {
  const { bytes, name } = requireFile(call, "file");
  const purpose = requireMember(call, "purpose");
  const id = newId(call.world, "file-");
  const record = {
    id,
    object: "file",
    bytes: bytes.length,
    created_at: seconds(call.world),
    filename: name,
    purpose,
    status: "processed",
  };
  return storeThing(call.world, `openai file ${id}`, { record, bytes });
}

function fileContent(call: ServiceRequest): BytesReply {
  return bytesReply(call.world, "application/octet-stream", find(call, "file").bytes ?? Buffer.alloc(0));
}

function addBatch(call: ServiceRequest): JsonRecord {
  const file = requireMember(call, "input_file_id");
  requireMember(call, "endpoint");
  if (!call.world.stored.has(`openai file ${file}`))
    throw new Complaint({ message: `Invalid 'input_file_id': no such file ${file}.`, param: "input_file_id" });
  const id = newId(call.world, "batch_");
  const { endpoint, completion_window: window } = call.members;
  const record = {
    id,
    object: "batch",
    endpoint,
    input_file_id: file,
    completion_window: window,
    status: "validating",
    created_at: seconds(call.world),
  };
  return storeThing(call.world, `openai batch ${id}`, { record });
}

function inputItems(call: ServiceRequest): JsonRecord {
  find(call, "response");
  const data = (call.world.threads.get(call.parts[1] ?? "") ?? []).map((item, index) => ({
    id: `msg_${index}`,
    ...item,
  }));
  return { object: "list", data, first_id: null, last_id: null, has_more: false };
}

function find({ world, parts }: ServiceRequest, kind: string): NonNullable<ReturnType<World["stored"]["get"]>> {
  const id = parts[1] ?? "";
  const thing = world.stored.get(`openai ${kind} ${id}`);
  if (thing !== undefined) return thing;
  const message =
    kind === "response"
      ? `Response with id '${id}' not found.`
      : `No such ${kind === "file" ? "File" : kind} object: ${id}`;
  throw new Complaint({ message, param: "id" }, 404);
}

function remove(call: ServiceRequest, kind: string): JsonRecord {
  const { record } = find(call, kind);
  call.world.stored.delete(`openai ${kind} ${String(record["id"])}`);
  return { id: record["id"], object: kind, deleted: true };
}

function list({ world }: ServiceRequest, kind: string): JsonRecord {
  const data = thingsIn(world, `openai ${kind} `);
  return {
    object: "list",
    data,
    first_id: data[0]?.["id"] ?? null,
    last_id: data.at(-1)?.["id"] ?? null,
    has_more: false,
  };
}

function newId({ random }: World, prefix: string): string {
  return prefix + random.characters(22);
}
