// Answers that are longer than one request allows: they end with CONTINUATION and a token, and the same request with
// that token returns the rest. Tokens without an ending are checkpoints: the last one counts.
import type { Json, JsonObject } from "../../../core/json.ts";
import type { PauseCollector, Pausing, SseFrame } from "../../../core/protocol.ts";
import { membersOf, numberOr, parseJson, stringOr } from "../../shared/read.ts";
import { objectsInMembers } from "./members.ts";

const member = "continuationToken";

export const pausing: Pausing = {
  // One token cannot resume several answers.
  canPause: (body) => numberOr(membersOf(body["generationConfig"])["candidateCount"], 1) === 1,
  isPause: (raw) => raw === "CONTINUATION",
  resume(body, answer) {
    const token = tokenIn(membersOf(answer));
    // The same token again would return the same text again.
    return token === "" || token === body[member] ? null : { ...body, [member]: token };
  },
  collector: () => new TokenCollector(),
};

function tokenIn(answer: JsonObject): string {
  return stringOr(membersOf(objectsInMembers(answer["candidates"])[0])[member], stringOr(answer[member], ""));
}

class TokenCollector implements PauseCollector {
  #token = "";

  step({ data }: SseFrame): void {
    if (data.includes(member)) this.#token = tokenIn(membersOf(parseJson(data))) || this.#token;
  }

  answer(): Json {
    return { [member]: this.#token };
  }
}
