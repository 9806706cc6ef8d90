// What of an answer a client of each protocol can be told: the differences between the protocols' vocabularies, and nothing
// else. Everything here is a promise of docs/protocols.md; whatever differs beyond it is a loss. Not a test.
import { isObject, parseJson } from "../../src/protocols/shared/read.ts";
import type { Four } from "./protocols.test-support.ts";
import type { Answer, Said } from "./said.test-support.ts";

/** The answer as it can be said in that protocol. */
export function toldIn(to: Four, answer: Answer, way: "whole" | "streamed" = "whole"): Answer {
  switch (to) {
    case "openai-chat":
      return answer;
    case "openai-responses":
      return { choices: only(answer, asResponse), usage: withDetails(answer.usage) };
    case "anthropic-messages":
      // The counts may not be missing there.
      return { choices: only(answer, (said) => asMessage(said, way)), usage: answer.usage ?? [0, 0, null, null] };
    case "gemini-generate":
      return {
        choices: new Map([...answer.choices].map(([index, said]) => [index, asCandidate(said)])),
        usage: answer.usage,
      };
  }
}

/** Two protocols have one answer only; their clients cannot ask for more. */
function only({ choices }: Answer, change: (said: Said) => Said): Answer["choices"] {
  const [first] = [...choices].slice(0, 1);
  return first === undefined ? choices : new Map([[0, change(first[1])]]);
}

/** Its clients read the details, so that those which nobody told are 0. */
function withDetails(usage: Answer["usage"]): Answer["usage"] {
  return usage === null ? null : [usage[0], usage[1], usage[2] ?? 0, usage[3] ?? 0];
}

/** An image that lies at an address has no place there. */
function asResponse(said: Said): Said {
  return { ...said, images: said.images.filter((image) => !/^https?:/u.test(image)) };
}

/** No images; arguments are objects, but pieces of text in a stream. */
function asMessage(said: Said, way: "whole" | "streamed"): Said {
  const calls = way === "streamed" ? { calls: said.calls } : {};
  return { ...withoutRefusal(said), ...calls, images: [] };
}

function asCandidate(said: Said): Said {
  return withoutRefusal(said);
}

/** No word for a refusal but the ending. */
function withoutRefusal(said: Said): Said {
  const calls = said.calls.map((call) => ({ ...call, arguments: asObjectText(call.arguments) }));
  const finish = said.refusal !== "" && said.finish === "stop" ? "content_filter" : said.finish;
  return { ...said, text: said.text + said.refusal, refusal: "", calls, finish };
}

/** Arguments where they must be an object. */
export function asObjectText(text: string): string {
  if (text.trim() === "") return "{}";
  const value = parseJson(text);
  return JSON.stringify(isObject(value) ? value : { _raw: text });
}

/**
 * Spellings of the same arguments, and blank lines between pieces of thought, do not count. `repaired`: nor do those of
 * a last call that the limit cut off.
 */
export function comparable({ choices, usage }: Answer, repaired: boolean): unknown {
  const list = [...choices].map(([index, said]) => {
    const last = repaired && said.finish === "length" ? said.calls.length - 1 : -1;
    const calls = said.calls.map((call, at) => ({ ...call, arguments: at === last ? "" : compact(call.arguments) }));
    return [index, { ...said, reasoning: said.reasoning.replaceAll(/\s/gu, ""), calls }] as const;
  });
  return { choices: Object.fromEntries(list), usage };
}

function compact(text: string): string {
  const value = parseJson(text === "" ? "{}" : text);
  return value === undefined ? text : JSON.stringify(value);
}
