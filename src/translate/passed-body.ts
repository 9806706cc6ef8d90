// The body of a request that goes to a target as it is: the caller's bytes, with the target's name of the model in the
// place of the caller's.
import type { Call } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { PassedCall } from "../core/passthrough.ts";
import type { Protocol } from "../core/protocol.ts";
import type { OutboundRequest } from "../core/transport.ts";
import { sizeOf } from "./request-body.ts";
import { spliceFields } from "./splice.ts";

export interface PassedRequest {
  readonly call: Call;
  readonly passed: PassedCall;
  /** The model's name at the target; empty if the request names none. */
  readonly model: string;
  readonly protocol: Protocol;
}

export interface PassedBody {
  readonly body: OutboundRequest["body"];
  /** Of the whole body, in bytes, if it is not held; null: not announced, or nothing to announce. */
  readonly length: number | null;
}

/** Throws GatewayFailure(`unsupported`) if the model cannot be set. */
export function passedBody(request: PassedRequest): PassedBody {
  const { call, passed } = request;
  const { rest } = passed;
  const body = call.body.byteLength === 0 ? call.body : withModel(request);
  const length = rest === null || rest.length === null ? null : sizeOf(body) + rest.length;
  return { body: rest === null && sizeOf(body) === 0 ? null : body, length };
}

function withModel({ call, passed, model, protocol }: PassedRequest): Uint8Array | readonly Uint8Array[] {
  const { body, fields } = call;
  const { place, boundary } = passed;
  const span = fields.get("model");
  if (model === "" || (span === undefined && (!place.isComputed || place.model !== null))) return body;
  const name = protocol.egress.modelInPath?.(model) ?? model;
  if (boundary === null) return fields.size === 0 ? body : spliceFields(body, fields, { model: name });
  if (span !== undefined)
    return [body.subarray(0, span.start), Buffer.from(name.replace(/[\r\n]/gu, "")), body.subarray(span.end)];
  return passed.rest === null ? [newField(boundary, name), body] : refuseUnread(model);
}

/** A part of a form, for the front of all others. */
function newField(boundary: string, name: string): Uint8Array {
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="model"\r\n\r\n`;
  return Buffer.from(`${head}${name.replace(/[\r\n]/gu, "")}\r\n`);
}

function refuseUnread(model: string): never {
  const words = `the form has no "model" in its first part, as large as server.spool, so it cannot be set to ${model}: put "model" in front of the file`;
  throw new GatewayFailure(words, { code: "unsupported", status: 400, param: "model" });
}
