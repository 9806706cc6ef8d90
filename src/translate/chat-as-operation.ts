// A chat at a model that does not converse: it draws, reads aloud or writes down what it hears, and nothing else. If the
// caller's protocol asks for that in a chat's form, the target gets the operation, and its result goes back as the chat's
// answer. All other chats are asked for as chats.
import type { Answer, Asking, DocumentAnswer, OperationCall, WholeAnswer } from "../core/exchange.ts";
import type { WireFailure } from "../core/failure.ts";
import type { OperationName } from "../core/operation.ts";
import type { Protocol } from "../core/protocol.ts";
import { memoize } from "../domain/memoize.ts";
import { modelOf } from "../domain/model-of.ts";
import { operationOf } from "../domain/operation-of.ts";
import { parseBody } from "../domain/parse-body.ts";
import { eventsOf, pieceSourceOf } from "./answer-events.ts";
import { askForOperation } from "./ask-for-operation.ts";
import { protocolOf, type Tools } from "./translate-parts.ts";

/** Null: the target is asked for a chat. */
export function askChatAsOperation(tools: Tools, asking: Asking): Promise<Answer | WireFailure> | null {
  const { call, target } = asking;
  const { tasks } = tools.factsOf(target.provider, modelOf(target, call));
  const [task] = tasks ?? [];
  if (task === undefined || tasks?.includes("chat") === true || call.continues !== undefined) return null;
  const caller = protocolOf(tools.protocols, call.protocol);
  const variant = operationOf(caller, task)?.inChat;
  if (variant === undefined) return null;
  return ask(tools, asking, {
    caller,
    operation: operationIn(asking, caller, { name: task as OperationName, variant }),
  });
}

function operationIn(
  { call }: Asking,
  caller: Protocol,
  { name, variant }: Pick<OperationCall, "name"> & { readonly variant: string },
): OperationCall {
  const codec = operationOf(caller, name);
  if (codec === undefined) throw new Error(`${caller.name} has no ${name}`);
  const request = memoize(() => codec.request.decode(parseBody(call.body), { model: call.model, variant }));
  return { name, variant, request, estimate: null };
}

async function ask(
  tools: Tools,
  asking: Asking,
  { caller, operation }: { readonly caller: Protocol; readonly operation: OperationCall },
): Promise<Answer | WireFailure> {
  const answer = await askForOperation(tools, asking, operation);
  if ("verdict" in answer || answer.kind !== "document") return answer;
  const whole = asChat(answer, caller, operation);
  if ("verdict" in whole || !asking.call.stream) return whole;
  const { response, headers, target, attempt } = whole;
  return { kind: "stream", pieces: pieceSourceOf(eventsOf(response)), raw: false, headers, target, attempt };
}

/** The caller's protocol says how such a result looks as a chat's answer, and reads it. */
function asChat(
  { result, headers, target, attempt }: DocumentAnswer,
  caller: Protocol,
  operation: OperationCall,
): WholeAnswer | WireFailure {
  const body = operationOf(caller, operation.name)?.response.encode(result, operation.request());
  const response = caller.chat.response.decode(body ?? {});
  return "verdict" in response ? response : { kind: "whole", response, raw: null, headers, target, attempt };
}
