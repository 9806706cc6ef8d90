// Histories for hosts whose chat template renders one tool call per turn and fails at more ("This model only supports
// single tool-calls at once!", Llama 3.1). Parallel calls become one call after the other, each followed by its result.
// No call and no result may be lost.
import type { Json, JsonObject } from "../../../core/json.ts";
import type { RawMembers } from "../../../core/encoded-request.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { arrayOr, membersOf } from "../../shared/read.ts";

type CallFacts = Pick<ModelFacts, "singleCalls">;

/** Whether a client's own messages have single calls only, if the target takes nothing else. */
export function areCallsSingle(request: RawMembers, { singleCalls }: CallFacts): boolean {
  if (singleCalls !== true || !request.mentions("messages", '"tool_calls"')) return true;
  return arrayOr<readonly Json[]>(request.read("messages"), []).every(
    (message) => callsOf(membersOf(message)).length <= 1,
  );
}

/** Results follow their calls here: the encoder has paired them. */
export function withSingleCalls(
  messages: readonly JsonObject[],
  { singleCalls }: CallFacts,
  adapted: Set<string>,
): readonly JsonObject[] {
  if (singleCalls !== true || messages.every((message) => callsOf(message).length <= 1)) return messages;
  adapted.add("messages.tool_calls:several>1");
  const out: JsonObject[] = [];
  for (let at = 0; at < messages.length;) {
    const message = messages[at] ?? {};
    at += 1;
    const results: JsonObject[] = [];
    for (; messages[at]?.["role"] === "tool"; at += 1) results.push(messages[at] ?? {});
    out.push(...oneByOne(message, results));
  }
  return out;
}

function oneByOne(message: JsonObject, results: readonly JsonObject[]): readonly JsonObject[] {
  const calls = callsOf(message);
  if (calls.length <= 1) return [message, ...results];
  const resultById = new Map(results.map((result) => [result["tool_call_id"], result]));
  const turns = calls.flatMap((call, index): JsonObject[] => {
    const id = membersOf(call)["id"];
    const result = resultById.get(id);
    resultById.delete(id);
    const turn = index === 0 ? message : { role: "assistant", content: null };
    return [{ ...turn, tool_calls: [call] }, ...(result === undefined ? [] : [result])];
  });
  return [...turns, ...resultById.values()];
}

function callsOf(message: JsonObject): readonly Json[] {
  return arrayOr<readonly Json[]>(message["tool_calls"], []);
}
