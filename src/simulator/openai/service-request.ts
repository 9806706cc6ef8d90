// A request to one of OpenAI's services beside generation, and what all of them need: required members, errors, replies.
import { asText, type JsonRecord } from "../json-record.ts";
import type { ReceivedForm } from "../services/read-form.ts";
import type { BytesReply, VendorRequest, World } from "../vocabulary.ts";
import { Complaint, envelopeHead } from "./envelope.ts";

export interface ServiceRequest {
  readonly request: VendorRequest;
  readonly world: World;
  /** JSON members, or a form's fields. */
  readonly members: JsonRecord;
  readonly form: ReceivedForm | undefined;
  /** The parts of the path behind `/v1/`. */
  readonly parts: readonly string[];
}

export function headOf(world: World): BytesReply["head"] {
  return envelopeHead(world, { stream: false, promptTokens: 0 });
}

export function bytesReply(world: World, type: string, body: Uint8Array): BytesReply {
  const { status, headers } = headOf(world);
  return { kind: "bytes", head: { status, headers: [["content-type", type], ...headers.slice(1)] }, body };
}

export function requireMember({ members }: Pick<ServiceRequest, "members">, name: string): string {
  const value = asText(members[name]);
  if (value !== undefined && value !== "") return value;
  throw new Complaint({
    message: `Missing required parameter: '${name}'.`,
    param: name,
    code: "missing_required_parameter",
  });
}

export function requireModel(call: ServiceRequest, models: readonly string[], usual?: string): string {
  const model = asText(call.members["model"]) ?? usual ?? requireMember(call, "model");
  if (models.includes(model)) return model;
  const message = `The model '${model}' does not exist.`;
  throw new Complaint({ message, param: "model", code: "model_not_found" }, 404);
}

export function requireFile(
  { form }: ServiceRequest,
  name: string,
): NonNullable<ServiceRequest["form"]>["files"][string] {
  const file = form?.files[name];
  if (file !== undefined) return file;
  throw new Complaint({
    message: `Missing required parameter: '${name}'.`,
    param: name,
    code: "missing_required_parameter",
  });
}

export function seconds(world: World): number {
  return Math.floor(world.now() / 1000);
}

export function refuseStrangers(members: JsonRecord, accepted: readonly string[]): void {
  const stranger = Object.keys(members).find((name) => !accepted.includes(name.replace(/\[\]$/, "")));
  if (stranger === undefined) return;
  throw new Complaint({ message: `Unknown parameter: '${stranger}'.`, param: stranger, code: "unknown_parameter" });
}

export function invalidValue(param: string, value: string, values: readonly string[]): Complaint {
  const quoted = values.map((one) => `'${one}'`);
  const list = `${quoted.slice(0, -1).join(", ")}, and ${quoted.at(-1)}`;
  const message = `Invalid value: '${value}'. Supported values are: ${list}.`;
  return new Complaint({ message, param, code: "invalid_value" });
}

export function eventsReply({ world }: ServiceRequest, all: readonly JsonRecord[]): BytesReply {
  const text = all.map((event) => `event: ${String(event["type"])}\ndata: ${JSON.stringify(event)}\n\n`).join("");
  return bytesReply(world, "text/event-stream; charset=utf-8", Buffer.from(text));
}
