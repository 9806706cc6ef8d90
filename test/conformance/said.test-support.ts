// What an answer says, in one small form for three readers: our events, our whole answers, and OpenAI's SDK. Two of them
// that agree have lost nothing that a chat client can see. Not a test.
import type OpenAI from "openai";
import type { ChatResponse, FinishReason, Part, Usage } from "../../src/core/chat.ts";
import type { StreamEvent } from "../../src/core/event.ts";
import { argumentsOf } from "../../src/protocols/shared/free-text.ts";

export interface Said {
  text: string;
  reasoning: string;
  refusal: string;
  readonly calls: { id: string; name: string; arguments: string }[];
  readonly images: string[];
  finish: string | null;
}

export interface Answer {
  /** By the choice's index. */
  readonly choices: ReadonlyMap<number, Said>;
  readonly usage: readonly [input: number, output: number, cached: number | null, reasoning: number | null] | null;
}

export function nothing(): Said {
  return { text: "", reasoning: "", refusal: "", calls: [], images: [], finish: null };
}

/** The word that a chat client reads for a neutral reason. */
function finishWord(reason: FinishReason, called: boolean): string {
  return reason === "stop" && called ? "tool_calls" : reason;
}

function usageOf(usage: Usage | null): Answer["usage"] {
  if (usage === null || (usage.input === null && usage.output === null)) return null;
  return [usage.input ?? 0, usage.output ?? 0, usage.cacheRead ?? null, usage.reasoning ?? null];
}

export function saidByResponse(response: ChatResponse): Answer {
  const choices = new Map<number, Said>();
  for (const choice of response.choices) {
    const said = nothing();
    for (const part of choice.parts) addPart(part, said);
    said.finish = choice.finish === null ? null : finishWord(choice.finish, said.calls.length > 0);
    choices.set(choice.index, said);
  }
  return { choices, usage: usageOf(response.usage) };
}

function addPart(part: Part, said: Said): void {
  if (part.type === "text") said.text += part.text;
  if (part.type === "reasoning") said.reasoning += part.text;
  if (part.type === "refusal") said.refusal += part.text;
  if (part.type === "tool-call") said.calls.push({ id: part.id, name: part.name, arguments: part.arguments });
  if (part.type === "image" && part.source.kind === "data") said.images.push(part.source.data);
  if (part.type === "image" && part.source.kind === "url") said.images.push(part.source.url);
}

export function saidByEvents(events: readonly StreamEvent[]): Answer {
  const choices = new Map<number, Said>();
  const at = (choice: number): Said => {
    const known = choices.get(choice) ?? nothing();
    choices.set(choice, known);
    return known;
  };
  let usage: Usage | null = null;
  for (const event of events) {
    if (event.type === "start") at(0);
    else if (event.type === "usage") usage = { ...usage, ...known(event.usage) } as Usage;
    else if (event.type !== "failure" && event.type !== "end") addEvent(event, at(event.choice));
  }
  return { choices, usage: usageOf(usage) };
}

function known(usage: Usage): Partial<Usage> {
  return Object.fromEntries(Object.entries(usage).filter(([, count]) => count !== null));
}

type ChoiceEvent = Extract<StreamEvent, { readonly choice: number }>;

function addEvent(event: ChoiceEvent, said: Said): void {
  switch (event.type) {
    case "text-delta":
      said.text += event.text;
      break;
    case "reasoning-delta":
      said.reasoning += event.text;
      break;
    case "refusal-delta":
      said.refusal += event.text;
      break;
    case "tool-start":
      said.calls[event.tool] = { id: event.id, name: event.name, arguments: "" };
      break;
    case "tool-delta":
      (said.calls[event.tool] ?? { arguments: "" }).arguments += event.arguments;
      break;
    case "part":
      addPart(event.part, said);
      break;
    case "finish":
      said.finish = finishWord(event.reason, said.calls.length > 0);
      break;
    case "tool-end":
  }
}

/** Members of a message that OpenAI's types do not know. */
export interface Extensions {
  readonly reasoning_content: string;
  readonly images: readonly { readonly image_url: { readonly url: string } }[];
}

/** As the SDK hands it to its user. `beside`: extensions by choice, where they are not on the message itself. */
export function saidByCompletion(completion: OpenAI.ChatCompletion, beside?: ReadonlyMap<number, Extensions>): Answer {
  const choices = new Map<number, Said>();
  for (const { index, message, finish_reason: finish } of completion.choices) {
    const extended: Partial<Extensions> = beside?.get(index) ?? (message as Partial<Extensions>);
    choices.set(index, {
      text: message.content ?? "",
      reasoning: extended.reasoning_content ?? "",
      refusal: message.refusal ?? "",
      calls: (message.tool_calls ?? []).map(saidByCall),
      images: (extended.images ?? []).map(({ image_url: { url } }) => url.replace(/^data:[^,]*,/u, "")),
      finish,
    });
  }
  return { choices, usage: countsOf(completion.usage) };
}

function saidByCall(call: OpenAI.ChatCompletionMessageToolCall): Said["calls"][number] {
  if (call.type === "custom") return { id: call.id, name: call.custom.name, arguments: argumentsOf(call.custom.input) };
  return { id: call.id, name: call.function.name, arguments: call.function.arguments };
}

function countsOf(usage: OpenAI.CompletionUsage | null | undefined): Answer["usage"] {
  if (usage === null || usage === undefined) return null;
  const { prompt_tokens: input, completion_tokens: output } = usage;
  const cached = usage.prompt_tokens_details?.cached_tokens ?? null;
  return [input, output, cached, usage.completion_tokens_details?.reasoning_tokens ?? null];
}
