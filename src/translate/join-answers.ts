// Joins the answers of several requests into one: their parts follow each other, and their usage adds up.
import type { ChatResponse, Choice, Part, Usage } from "../core/chat.ts";

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

export function addUsage(one: Usage | null, other: Usage | null): Usage | null {
  if (one === null || other === null) return one ?? other;
  const searches = add(one.searches ?? null, other.searches ?? null);
  return {
    input: add(one.input, other.input),
    output: add(one.output, other.output),
    cacheRead: add(one.cacheRead, other.cacheRead),
    cacheWrite: add(one.cacheWrite, other.cacheWrite),
    reasoning: add(one.reasoning, other.reasoning),
    ...(searches === null ? {} : { searches }),
  };
}

function add(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : one + other;
}
