// The neutral request of a call that could go to a provider as it is: only targets of another protocol need it. A form is
// read from the bytes that are held; one that goes on behind them cannot be.
import type { ClientRequest, OperationCall } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { JsonObject, MutableJson } from "../core/json.ts";
import type { FormFile } from "../core/medium.ts";
import type { OperationHint } from "../core/operation.ts";
import type { PassedOperation } from "../core/passthrough.ts";
import type { Protocol } from "../core/protocol.ts";
import { memoize } from "../domain/memoize.ts";
import { operationOf } from "../domain/operation-of.ts";
import { parseBody } from "../domain/parse-body.ts";
import { viewBytes } from "../domain/view-bytes.ts";
import type { Form } from "./form-fields.ts";

interface OperationForm {
  readonly protocol: Protocol;
  readonly operation: PassedOperation;
  readonly model: string;
  /** Null: the body is JSON. */
  readonly form: Form | null;
}

/** Undefined if the protocol has no neutral form of it. Its request throws GatewayFailure: `bad_request`, `unsupported`. */
export function passedOperation(
  request: Pick<ClientRequest, "body" | "rest">,
  { protocol, operation, model, form }: OperationForm,
): OperationCall | undefined {
  const { name, variant } = operation;
  const codec = operationOf(protocol, name);
  if (codec === undefined) return undefined;
  const decode = memoize(() => {
    if (request.rest !== undefined) throw notHeld();
    const hint: OperationHint = { model, variant };
    if (form === null) return codec.request.decode(parseBody(request.body), hint);
    const { fields, files } = membersOf(request.body, form);
    return codec.request.decode(fields, { ...hint, files });
  });
  return { name, variant, request: decode, estimate: null };
}

function notHeld(): GatewayFailure {
  const message = "its form is larger than server.max_body, so the gateway cannot translate it into another protocol";
  return new GatewayFailure(message, { code: "unsupported", status: 400, param: "file" });
}

/** Names that end in brackets, or come twice, are lists. */
function membersOf(
  body: Uint8Array,
  { parts }: Form,
): { readonly fields: JsonObject; readonly files: readonly FormFile[] } {
  const bytes = viewBytes(body);
  const lists = new Map<string, string[]>();
  const files: FormFile[] = [];
  for (const { name, file, start, end } of parts) {
    const field = name.replace(/\[\d*\]$/u, "");
    if (file !== null) files.push({ field, ...file, bytes: bytes.subarray(start, end) });
    else {
      const values = lists.get(name) ?? [];
      if (values.length === 0) lists.set(name, values);
      values.push(bytes.toString("utf8", start, end));
    }
  }
  const fields: MutableJson = {};
  for (const [name, values] of lists) {
    const isList = name.endsWith("]") || values.length > 1;
    fields[name.replace(/\[\d*\]$/u, "")] = isList ? values : (values[0] ?? "");
  }
  return { fields, files };
}
