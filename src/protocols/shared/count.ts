// Token counts, which all protocols that have them handle alike: the caller's body goes to a target of its own
// protocol. If no target counts, the estimate comes from the size of the conversation.
import type { ChatRequest } from "../../core/chat.ts";
import type { CountRequest, CountResult } from "../../core/count.ts";
import type { RawMembers } from "../../core/encoded-request.ts";
import type { WireFailure } from "../../core/failure.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { Operation } from "../../core/operation.ts";
import { estimateTokens } from "../../domain/estimate-tokens.ts";
import { plainFailure } from "./error-answer.ts";
import { isObject } from "./read.ts";

export interface CountForm {
  readonly path: (model: string) => string;
  /** The members of a client's own body that name the model. */
  readonly place: (model: string, own: Pick<RawMembers, "has" | "read">) => JsonObject;
  /** The request in a client's body. Throws GatewayFailure(`bad_request`). */
  readonly requestIn: (body: JsonObject) => JsonObject;
  readonly decodeChat: (request: JsonObject, hint: { readonly model: string; readonly stream: boolean }) => ChatRequest;
  /** The member with the number. */
  readonly member: string;
  /** A number of 0 is left out. */
  readonly omitsZero?: boolean;
  /** An error with status 200. */
  readonly inBandFailure: (body: Json) => WireFailure;
}

/** It has no `encode`: a count of a translated request would not be the count of the caller's. */
export function countOperation(form: CountForm): Operation<CountRequest, CountResult> {
  const { path, place, requestIn, decodeChat, member } = form;
  return {
    request: {
      decode: (body, { model }) => ({ chat: decodeChat(requestIn(body), { model, stream: false }) }),
      path,
      place: (_params, model, own) => place(model, own),
    },
    response: {
      decode: (body) => readCount(body, form),
      encode: ({ tokens }) => ({ [member]: tokens }),
    },
    estimate: ({ chat }) => resultOf(estimateTokens(chat)),
  };
}

function readCount(body: Json, { member, omitsZero, inBandFailure }: CountForm): CountResult | WireFailure {
  if (isObject(body) && body["error"] !== undefined) return inBandFailure(body);
  const tokens = isObject(body) ? (body[member] ?? (omitsZero === true ? 0 : null)) : null;
  if (typeof tokens !== "number") return plainFailure("malformed", "the answer has no number of tokens");
  return resultOf(tokens);
}

function resultOf(tokens: number): CountResult {
  return { tokens, model: "", usage: null };
}
