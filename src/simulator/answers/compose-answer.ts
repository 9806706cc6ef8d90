// The model behind every fake vendor: from a prompt to an answer, always the same for the same prompt.
import { hashText, seededRandom, type Random } from "../random.ts";
import type { AnswerWish } from "../vocabulary.ts";
import { turnFor, type ScriptedTurn } from "./answer-book.ts";
import { chooseCalls } from "./choose-calls.ts";
import { anchorIn, composeText, composeThoughts } from "./compose-text.ts";
import { fillSchema } from "./fill-schema.ts";
import type { Answer, Prompt, ToolCall } from "./prompt.ts";
import { countJsonTokens, splitTokens } from "./tokens.ts";

export function composeAnswer(prompt: Prompt, wish: AnswerWish = {}): Answer {
  const random = seededRandom(hashText(`${prompt.model}\n${prompt.userText}\n${prompt.seed}`));
  const thoughts = prompt.thinkingTokens > 0 ? splitTokens(composeThoughts(prompt, random)) : [];
  const scripted = wish.emptyText === true ? undefined : turnFor(prompt, wish.scripted ?? []);
  if (scripted !== undefined) return composeScripted(prompt, { thoughts, ...scripted });
  const calls = wish.emptyText === true ? [] : chooseCalls(prompt, random, wish.twoCalls === true);
  if (calls.length > 0) return limitCalls(prompt, { thoughts, calls });
  const text = wish.emptyText === true ? "" : composeOutput(prompt, random);
  return limitText(prompt, { thoughts, text });
}

/** Continues a scripted text that the caller has started. */
function composeScripted(prompt: Prompt, turn: ScriptedTurn & { readonly thoughts: string[] }): Answer {
  const { thoughts, calls } = turn;
  const fullText = turn.text.replaceAll("{{repeat_first}}", () => anchorIn(prompt.userText) ?? "");
  const prefillText = prompt.prefill.trimEnd();
  const text = prefillText !== "" && fullText.startsWith(prefillText) ? fullText.slice(prefillText.length) : fullText;
  if (calls.length === 0) return limitText(prompt, { thoughts, text });
  const answer = limitCalls(prompt, { thoughts, calls });
  const tokens = splitTokens(text);
  return { ...answer, text: tokens, answerTokens: answer.answerTokens + tokens.length };
}

function composeOutput(prompt: Prompt, random: Random): string {
  const { output } = prompt;
  if (output.kind === "text") return composeText(prompt, random);
  const words = prompt.toolResults.map((result) => result.text).join(" ") || prompt.userText;
  if (output.kind === "schema") return JSON.stringify(fillSchema(output.schema, { random, words }));
  return JSON.stringify({
    answer: composeText({ ...prompt, prefill: "" }, random),
    confidence: random.integer(70, 99) / 100,
  });
}

function limitCalls(prompt: Prompt, { thoughts, calls }: { thoughts: string[]; calls: readonly ToolCall[] }): Answer {
  const answerTokens = calls.reduce((sum, call) => sum + 8 + countJsonTokens(call.freeForm ?? call.input), 0);
  return {
    thoughts,
    thinkingTokens: prompt.thinkingTokens,
    text: [],
    calls,
    finish: "calls",
    stopSequence: undefined,
    answerTokens,
  };
}

function limitText(prompt: Prompt, { thoughts, text }: { thoughts: string[]; text: string }): Answer {
  const hit = firstStop(text, prompt.stop);
  const keptTokens = splitTokens(hit === undefined ? text : text.slice(0, hit.at));
  const limit = prompt.maxTokens ?? Number.POSITIVE_INFINITY;
  const room = Math.max(0, limit - prompt.thinkingTokens);
  const isCut = keptTokens.length > room || prompt.thinkingTokens > limit;
  const tokens = isCut ? keptTokens.slice(0, room) : keptTokens;
  return {
    thoughts,
    thinkingTokens: Math.min(prompt.thinkingTokens, limit),
    text: tokens,
    calls: [],
    finish: isCut ? "length" : hit === undefined ? "stop" : "stop-sequence",
    stopSequence: isCut ? undefined : hit?.sequence,
    answerTokens: tokens.length,
  };
}

function firstStop(text: string, sequences: readonly string[]): { at: number; sequence: string } | undefined {
  let first: { at: number; sequence: string } | undefined;
  for (const sequence of sequences) {
    const at = sequence === "" ? -1 : text.indexOf(sequence);
    if (at >= 0 && (first === undefined || at < first.at)) first = { at, sequence };
  }
  return first;
}
