// The call of a request that goes to a provider as it is: its model, if its body or path names one, and the ids in it. All
// other bytes stay what they are. It must never read more of a body than is held in memory.
import type { Call, ClientRequest, FieldSpan } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { PassedPlace } from "../core/passthrough.ts";
import type { Protocol } from "../core/protocol.ts";
import { viewBytes } from "../domain/view-bytes.ts";
import { decodeSession } from "./decode-session.ts";
import type { Endpoint } from "./endpoint.ts";
import { checkLength, memberOf, readModel } from "./read-field.ts";
import { type Form, formFields } from "./form-fields.ts";
import { scanJsonObject } from "./json-scanner.ts";
import { passedOperation } from "./passed-operation.ts";

export interface PassedForm {
  readonly protocol: Protocol;
  readonly endpoint: Endpoint;
  readonly place: PassedPlace;
  readonly maxDepth: number;
}

const OPEN_OBJECT = 123;
/** Members and their values that can be ids: no vendor's list is longer. */
const MOST_IDS = 64;
const LONGEST_ID = 256;
/** More than any model's name has, which is checked later. */
const MOST_MODEL = 4_096;

/** Throws GatewayFailure(`bad_request`) for a body that its type says is JSON, or a form, and is not. */
export function decodePassed(request: ClientRequest, { protocol, endpoint, place, maxDepth }: PassedForm): Call {
  if (place.session !== undefined) return decodeSession(request, { protocol, endpoint, place, session: place.session });
  const { body, rest = null } = request;
  const { fields, form } = readFields(request, maxDepth);
  const boundary = form?.boundary ?? null;
  const members = { body, fields };
  const isJson = boundary === null;
  const bodyModel = isJson ? readModel(body, fields) : textOf(body, fields.get("model"));
  const model = checkLength(endpoint.model ?? protocol.passthrough?.nameOf?.(bodyModel) ?? bodyModel);
  const ids = [...place.ids, ...queryValues(request.query), ...(isJson ? idsIn(members) : [])];
  return {
    protocol: protocol.name,
    task: endpoint.task,
    conversationMember: protocol.ingress.conversationMember,
    model,
    stream: isJson && memberOf(members)("stream") === true,
    body,
    fields,
    // They take as long as thoughts.
    asksForReasoning: place.isComputed,
    makesMedia: place.operation !== undefined,
    bringsTools: () => !place.isComputed,
    chat: noChat,
    passed: { place, rest, boundary, ids },
    operation: place.operation && passedOperation(request, { protocol, operation: place.operation, model, form }),
  };
}

function readFields(
  { body, headers }: ClientRequest,
  maxDepth: number,
): { readonly fields: ReadonlyMap<string, FieldSpan>; readonly form: Form | null } {
  const type = headers["content-type"] ?? "";
  const form = formFields(body, type);
  if (form !== null) return { fields: form.fields, form };
  const isJson = body.byteLength > 0 && /\bjson\b/iu.test(type) && beginsObject(body);
  return { fields: isJson ? scanJsonObject(body, maxDepth) : new Map<string, FieldSpan>(), form: null };
}

function textOf(body: Uint8Array, span: FieldSpan | undefined): string {
  return span === undefined
    ? ""
    : viewBytes(body).toString("utf8", span.start, Math.min(span.end, span.start + MOST_MODEL));
}

/** An address that a vendor gave may have its ids there. */
function queryValues(query: string): readonly string[] {
  return query === "" ? [] : [...new URLSearchParams(query).values()].filter(isId).slice(0, MOST_IDS);
}

function beginsObject(body: Uint8Array): boolean {
  for (const byte of body) if (byte > 32 && byte < 0x80) return byte === OPEN_OBJECT;
  return false;
}

/** The strings among the body's members, and in its lists of strings. */
function idsIn(members: Pick<Call, "body" | "fields">): readonly string[] {
  const read = memberOf(members);
  const ids: string[] = [];
  for (const [name, { start, end }] of members.fields) {
    if (ids.length >= MOST_IDS) break;
    if (end - start > LONGEST_ID * MOST_IDS || !/(?:_ids?|file|files)$/u.test(name)) continue;
    ids.push(...[read(name)].flat().filter(isId));
  }
  return ids.slice(0, MOST_IDS);
}

function isId(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= LONGEST_ID;
}

function noChat(): never {
  throw new GatewayFailure("This request is no conversation.", { code: "unsupported", status: 400 });
}
