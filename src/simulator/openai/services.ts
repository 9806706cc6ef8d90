// OpenAI's services beside generation: images, audio, moderations, files, batches and stored responses, as far as their SDK
// uses them. Checks, shapes and errors as in the API reference.
import { asRecord, asText, type JsonRecord } from "../json-record.ts";
import { readForm, type ReceivedForm } from "../services/read-form.ts";
import { storeThing, thingsIn } from "../services/store-thing.ts";
import type { BytesReply, Reply, VendorRequest, World } from "../vocabulary.ts";
import { refusalOfKey } from "./answer-post.ts";
import { Complaint, envelopeHead, errorReply } from "./envelope.ts";

/** A picture of one pixel, as PNG. */
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const imageModels = ["gpt-image-1", "gpt-image-1-mini", "dall-e-3", "dall-e-2"];
const speechModels = ["gpt-4o-mini-tts", "tts-1", "tts-1-hd"];
const listeningModels = ["whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe"];
const moderationModels = ["omni-moderation-latest", "text-moderation-latest"];

interface ServiceRequest {
  readonly request: VendorRequest;
  readonly world: World;
  /** JSON members, or a form's fields. */
  readonly members: JsonRecord;
  readonly form: ReceivedForm | undefined;
  /** The parts of the path behind `/v1/`. */
  readonly parts: readonly string[];
}

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

function headOf(world: World): BytesReply["head"] {
  return envelopeHead(world, { stream: false, promptTokens: 0 });
}

function bytesReply(world: World, type: string, body: Uint8Array): BytesReply {
  const { status, headers } = headOf(world);
  return { kind: "bytes", head: { status, headers: [["content-type", type], ...headers.slice(1)] }, body };
}

function requireMember({ members }: Pick<ServiceRequest, "members">, name: string): string {
  const value = asText(members[name]);
  if (value !== undefined && value !== "") return value;
  throw new Complaint({
    message: `Missing required parameter: '${name}'.`,
    param: name,
    code: "missing_required_parameter",
  });
}

function requireModel(call: ServiceRequest, models: readonly string[], usual?: string): string {
  const model = asText(call.members["model"]) ?? usual ?? requireMember(call, "model");
  if (models.includes(model)) return model;
  const message = `The model '${model}' does not exist.`;
  throw new Complaint({ message, param: "model", code: "model_not_found" }, 404);
}

function requireFile({ form }: ServiceRequest, name: string): NonNullable<ServiceRequest["form"]>["files"][string] {
  const file = form?.files[name];
  if (file !== undefined) return file;
  throw new Complaint({
    message: `Missing required parameter: '${name}'.`,
    param: name,
    code: "missing_required_parameter",
  });
}

function pictures(call: ServiceRequest): JsonRecord {
  const isMade = call.parts[1] === "generations";
  if (!isMade) requireFile(call, "image");
  const model = requireModel(call, imageModels, isMade ? "dall-e-2" : "gpt-image-1");
  if (call.parts[1] !== "variations") requireMember(call, "prompt");
  const count = Number(call.members["n"] ?? 1);
  const data = Array.from({ length: count }, () => ({ b64_json: pixel }));
  const counted = {
    input_tokens: 12,
    output_tokens: 272,
    total_tokens: 284,
    input_tokens_details: { image_tokens: 0, text_tokens: 12 },
  };
  return { created: seconds(call.world), data, ...(model.startsWith("gpt-image") ? { usage: counted } : {}) };
}

function speech(call: ServiceRequest): BytesReply {
  requireModel(call, speechModels);
  requireMember(call, "voice");
  const input = requireMember(call, "input");
  return bytesReply(
    call.world,
    "audio/mpeg",
    Buffer.concat([Buffer.from([0xff, 0xf3, 0x64, 0xc4]), Buffer.from(input.repeat(100))]),
  );
}

function transcript(call: ServiceRequest): JsonRecord {
  const model = requireModel(call, listeningModels);
  const { bytes } = requireFile(call, "file");
  const text = `A recording of ${bytes.length} bytes.`;
  if (model === "whisper-1") return { text, usage: { type: "duration", seconds: 2 } };
  return { text, usage: { type: "tokens", input_tokens: 14, output_tokens: 9, total_tokens: 23 } };
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

function seconds(world: World): number {
  return Math.floor(world.now() / 1000);
}
