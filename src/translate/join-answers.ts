// Joins the answers of several requests into one: their parts follow each other, and their usage adds up.
import { addUsage } from "../domain/usage.ts";
import type { ChatResponse, Choice, Part } from "../core/chat.ts";

/** The envelope of the first, the ending of the last. Both have one choice. */
export function joinAnswers(first: ChatResponse, rest: ChatResponse): ChatResponse {
  const [firstChoice] = first.choices;
  const [more] = rest.choices;
  if (firstChoice === undefined || more === undefined) return first;
  return {
    ...first,
    choices: [joinChoices(firstChoice, more)],
    usage: addUsage(first.usage, rest.usage),
    extras: rest.extras,
  };
}

function joinChoices(first: Choice, rest: Choice): Choice {
  const logprobs = first.logprobs === null ? rest.logprobs : [...first.logprobs, ...(rest.logprobs ?? [])];
  const parts = joinParts(first.parts, rest.parts);
  // The last answer may not report the calls of the earlier ones.
  const finish = rest.finish === "stop" && parts.some(({ type }) => type === "tool-call") ? "tool_calls" : rest.finish;
  return { ...rest, index: first.index, parts, finish, logprobs };
}

/** A text that broke off continues. */
function joinParts(first: readonly Part[], rest: readonly Part[]): readonly Part[] {
  const last = first.at(-1);
  const [next, ...others] = rest;
  if (last?.type !== "text" || next?.type !== "text" || last.state !== undefined) return [...first, ...rest];
  return [...first.slice(0, -1), { ...next, text: last.text + next.text }, ...others];
}
