// Plausible text about the question: a small grammar with a few topics. It quotes the question, computes simple sums,
// repeats exactly what it is asked to say, and names its model only when asked.
import type { Random } from "../random.ts";
import { closings, openings, phrasesOn, topicOf, type Topic } from "./phrases.ts";
import type { Prompt } from "./prompt.ts";
import { restAfter, setPiecesFor } from "./set-pieces.ts";

const maximumWords = 200_000;

export function composeText(prompt: Prompt, random: Random): string {
  if (prompt.prefill !== "") return composeContinuation(prompt, random);
  const anchor = anchorIn(prompt.userText);
  if (anchor !== null) return anchor + composeContinuation({ ...prompt, prefill: anchor }, random);
  if (prompt.toolResults.length > 0) return composeFromResults(prompt, random);
  return composeDirect(prompt) ?? composeProse(prompt, random);
}

/** The model's reasoning before its answer, in one or two short paragraphs. */
export function composeThoughts(prompt: Prompt, random: Random): string {
  const subject = keywordsOf(prompt.userText).slice(0, 3).join(", ") || "a short message";
  const plan = random.pick([
    "I will answer directly and keep it brief.",
    "A clear, short answer serves best here.",
    "Let me check the facts first, then answer in order.",
  ]);
  const tools = prompt.tools.length > 0 ? ` There are ${prompt.tools.length} tools I could use.` : "";
  return `**Considering the Request**\n\nThe user asks about ${subject}.${tools} ${plan}\n\n`;
}

/** Answers that follow from the question alone; undefined if it needs prose. */
function composeDirect(prompt: Prompt): string | undefined {
  const question = prompt.userText.trim();
  if (/\bwho are you\b|\bwhat (?:model|llm) are you\b|\bwhich model\b/i.test(question)) {
    return `I am ${prompt.model}, speaking from a simulator.`;
  }
  const dictated =
    /(?:reply|respond|answer)\s+(?:only\s+)?(?:with\s+)?(?:exactly|only|just)\s*(?:with\s+)?(?:the (?:single )?word\s+)?[:\s]\s*(.+)$/is.exec(
      question,
    ) ?? /^(?:please\s+)?(?:say|repeat|echo)(?:\s+after me)?\s*[:\s]\s*(.+)$/is.exec(question);
  if (dictated?.[1] !== undefined && dictated[1].length < 2000)
    return dictated[1].trim().replace(/^["'“‘](.*)["'”’]$/su, "$1");
  const countTo = /\bcount (?:from 1 )?to (\d{1,5})\b/i.exec(question)?.[1];
  if (countTo !== undefined) return Array.from({ length: Number(countTo) }, (_, index) => index + 1).join(", ");
  return composeSum(question);
}

function composeSum(question: string): string | undefined {
  const [, first, sign, right] = /(-?\d+(?:\.\d+)?)\s*([-+*/×x÷])\s*(-?\d+(?:\.\d+)?)/.exec(question) ?? [];
  if (first === undefined || right === undefined || sign === undefined) return undefined;
  const [a, b] = [Number(first), Number(right)];
  const value = sign === "+" ? a + b : sign === "-" ? a - b : sign === "/" || sign === "÷" ? a / b : a * b;
  return `${first} ${sign} ${right} = ${Number(value.toFixed(6))}.`;
}

function composeProse(prompt: Prompt, random: Random): string {
  const wordCount = /\b(\d{2,7})[- ]words?\b/i.exec(prompt.userText)?.[1];
  const ready = wordCount === undefined ? setPiecesFor(prompt.userText) : [];
  if (ready.length > 0) return random.pick(ready);
  const keywords = keywordsOf(prompt.userText);
  const quoted = keywords.length === 0 ? "your message" : `“${keywords.slice(0, 2).join(" ")}”`;
  const topic = topicOf(prompt.userText);
  const sentences = [random.pick(openings).replace("{quoted}", quoted)];
  if (wordCount === undefined) {
    sentences.push(...someSentences(topic, random), random.pick(closings));
    return sentences.join(" ");
  }
  return composeLong(sentences, { words: Math.min(Number(wordCount), maximumWords), topic, random });
}

function composeLong(sentences: string[], wish: { words: number; topic: Topic; random: Random }): string {
  const paragraphs: string[] = [];
  let written = 0;
  let paragraph = sentences;
  while (written < wish.words) {
    paragraph.push(...someSentences(wish.topic, wish.random));
    const text = paragraph.join(" ");
    written += text.split(" ").length;
    paragraphs.push(text);
    paragraph = [];
  }
  return paragraphs.join("\n\n");
}

function someSentences(topic: Topic, random: Random): string[] {
  const pool = [...phrasesOn(topic)];
  const chosen: string[] = [];
  for (let count = random.integer(2, 4); count > 0 && pool.length > 0; count--) {
    chosen.push(...pool.splice(random.integer(0, pool.length - 1), 1));
  }
  return chosen;
}

function composeFromResults({ toolResults }: Prompt, random: Random): string {
  const findings = toolResults.map(({ name, text }) => `${name} says ${shorten(text)}`);
  const opening = random.pick(["Here is what I found:", "According to the results,", "I looked that up —"]);
  return `${opening} ${findings.join("; ")}. ${random.pick(closings)}`;
}

/** The last words of a broken answer, if a gateway asks the model to repeat them and to continue; else null. */
export function anchorIn(text: string): string | null {
  return /^<continue\b.*<repeat_first>(.+)<\/repeat_first>/su.exec(text)?.[1] ?? null;
}

function composeContinuation(prompt: Prompt, random: Random): string {
  const rest = restAfter(prompt.prefill);
  if (rest !== null) return rest;
  const sentences = someSentences(topicOf(prompt.userText), random);
  const endsInSentence = /[.!?]\s*$/.test(prompt.prefill);
  return endsInSentence ? ` ${sentences.join(" ")}` : ` and so on. ${sentences.join(" ")}`;
}

function shorten(text: string): string {
  const flat = text.replace(/\s+/g, " ").trim();
  return flat.length > 200 ? `${flat.slice(0, 199)}…` : flat;
}

const smallWords = new Set(
  "the and for are but not you all any can had her was one our out has him his how its may new now old see two who did get let put say she too use what when where which why will with your from that this they them then than there these those have here into just like make more most much must only over some such tell very want well were please would could should about does".split(
    " ",
  ),
);

/** The meaningful words of a text, in order, without repeats. */
export function keywordsOf(text: string): string[] {
  const words = text.slice(0, 2000).match(/[\p{L}\p{N}][\p{L}\p{N}'-]{2,}/gu) ?? [];
  return [...new Set(words.filter((word) => !smallWords.has(word.toLowerCase())))];
}
