// What a request asks, in one small form: who said, called and returned what, in order, and the settings. Two requests that
// agree in it ask the same question. Differences that docs/protocols.md promises are taken out here, each with its reason.
// Not a test.
import type { ChatRequest, FilePart, ImagePart, MediaSource, Message, Part } from "../../src/core/chat.ts";
import { isObject, parseJson } from "../../src/protocols/shared/read.ts";

/** `[kind, content]`, for instance `["user", "hello"]` or `["call 0", "look", "{}"]`. */
export type Line = readonly string[];

export function linesOf(messages: readonly Message[]): Line[] {
  const lines: string[][] = [];
  const calls: string[] = [];
  for (const message of answerInOrder(messages)) {
    // Which of the two an operator's words are is the target's to say.
    const who = message.role === "developer" ? "system" : message.role;
    for (const part of message.parts) addPart(part, { who, lines, calls });
  }
  return lines.filter(([, ...content]) => content.join("") !== "");
}

/** The ids of files at a vendor whose loss the report names. */
export function lostFiles(messages: readonly Message[], reported: readonly string[]): readonly string[] {
  return messages
    .flatMap(({ parts }) => parts)
    .flatMap((part) => (isAtVendor(part) && reported.includes(part.source.place ?? "") ? [part.source.id] : []));
}

export function withoutFiles(messages: readonly Message[], ids: readonly string[]): readonly Message[] {
  const isLost = (part: Part): boolean => isAtVendor(part) && ids.includes(part.source.id);
  return messages.map((message) => ({ ...message, parts: message.parts.filter((part) => !isLost(part)) }));
}

function isAtVendor(
  part: Part,
): part is (ImagePart | FilePart) & { readonly source: Extract<MediaSource, { readonly kind: "file-id" }> } {
  return (part.type === "file" || part.type === "image") && part.source.kind === "file-id";
}

/** What the gateway says where the target's rules demand that something be said, and a file's name where it has no place. */
const fillers =
  /[\w-]+\.(?:txt|pdf):|Thetoolresultsabovehold:|AnswerwithJSONonly\.|YouranswermustbeonevalidJSONobjectandnothingelse:noprosearoundit,nocodefences\.|\[Theconversationbeginswithyourwords\.\]|Whenyousearchtheweb,searchassomebodyin[^.]*\.|Searchthewebbeforeyouanswer\.|\[(?:Afile|Animage|Thefile"[^"]*")cannotbeshownhere\.\]|<(assistant_\w+)>.*?<\/\1>/gu;

/** Without the gateway's own words. Where nobody but the operator speaks, the operator asks. */
export function withoutFillers(lines: readonly Line[]): Line[] {
  const alone = lines.every(([who]) => who === "system" || who === "user");
  return lines
    .map((line) => (alone ? ["user", ...line.slice(1)] : line))
    .map((line) => line.map((content) => content.replaceAll(fillers, "")))
    .filter(([, ...content]) => content.join("") !== "");
}

interface Writing {
  readonly who: string;
  readonly lines: string[][];
  readonly calls: string[];
}

function addPart(part: Part, { who, lines, calls }: Writing): void {
  const last = lines.at(-1);
  switch (part.type) {
    case "text":
    case "refusal": {
      // Pieces of one text are joined, by a blank line in some protocols: the blanks do not count.
      const text = part.text.replaceAll(/\s/gu, "");
      if (last?.[0] === who) last[1] += text;
      else lines.push([who, text]);
      return;
    }
    case "tool-call":
      calls.push(part.id);
      lines.push([`call ${calls.length - 1}`, part.name, argumentsOf(part.arguments)]);
      return;
    case "tool-result":
      lines.push([`result ${calls.lastIndexOf(part.id)}`, ...resultOf(part.parts.flatMap(plainly), part.isError)]);
      return;
    case "image":
    case "file":
      // A text in a file of its own is a text.
      if (part.source.kind === "data" && part.source.mediaType.startsWith("text/")) {
        const text = Buffer.from(part.source.data, "base64").toString("utf8");
        return addPart({ type: "text", text }, { who, lines, calls });
      }
      // What lies at an address has no type where the protocol has no place for one.
      lines.push([`${who}'s ${part.source.kind === "url" ? "link" : part.type}`, placeOf(part.source)]);
      return;
    case "foreign":
      for (const one of part.instead ?? []) addPart(one, { who, lines, calls });
      return;
    // Thoughts go back to whom they came from: whether they do is asked elsewhere.
    case "reasoning":
  }
}

/** As others are told it. */
function plainly(part: Part): readonly Part[] {
  return part.type === "foreign" ? (part.instead ?? []) : [part];
}

function argumentsOf(text: string): string {
  const value = parseJson(text.trim() === "" ? "{}" : text);
  return JSON.stringify(isObject(value) ? value : { _raw: text });
}

/** Text that is JSON may come back spelled otherwise; an error may have been said in JSON's words. Media stand behind it. */
function resultOf(parts: readonly Part[], isError: boolean): string[] {
  const text = parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  const value = parseJson(text);
  const said = isObject(value) && Object.keys(value).length === 1 ? (value["error"] ?? value["output"]) : undefined;
  const plain = typeof said === "string" ? said : value === undefined ? text : JSON.stringify(said ?? value);
  const media = parts.flatMap((part) => (part.type === "image" || part.type === "file" ? [placeOf(part.source)] : []));
  const failed = isError || (isObject(value) && Object.keys(value).join() === "error");
  return [(failed ? "failed: " : "") + plain.replaceAll(/\s/gu, ""), ...media];
}

function placeOf(source: MediaSource): string {
  if (source.kind === "data") {
    // Anthropic gets the type that an image's bytes have, in plain base64.
    const type = source.mediaType.startsWith("image/") ? "image" : source.mediaType;
    return `${type};${source.data.replace(/=+$/u, "").slice(0, 100)}`;
  }
  return source.kind === "url" ? source.url : source.id;
}

/** Results follow the calls that they answer, in the calls' order. */
function answerInOrder(messages: readonly Message[]): Message[] {
  const order = new Map<string, number>();
  const joined: Message[] = [];
  for (const message of messages) {
    for (const part of message.parts) if (part.type === "tool-call") order.set(part.id, order.size);
    const last = joined.at(-1);
    if (message.role !== "tool" || last?.role !== "tool") joined.push(message);
    else joined[joined.length - 1] = { ...last, parts: [...last.parts, ...message.parts] };
  }
  const placeOfResult = (part: Part): number => (part.type === "tool-result" ? (order.get(part.id) ?? -1) : -1);
  return joined.map((message) =>
    message.role === "tool"
      ? { ...message, parts: message.parts.toSorted((one, other) => placeOfResult(one) - placeOfResult(other)) }
      : message,
  );
}

/** What they all do by themselves may be left out, or said. */
const usual: Readonly<Record<string, string>> = {
  temperature: "1",
  top_p: "1",
  presence_penalty: "0",
  frequency_penalty: "0",
  parallel_tool_calls: "true",
  response_format: '"text"',
  tools: "[]",
  tool_choice: '{"kind":"auto"}',
};

/** Settings that all four protocols have, by their neutral names; those that the report names are left out. */
export function settingsOf(request: ChatRequest, reported: readonly string[]): Record<string, unknown> {
  const { sampling, tools, toolChoice, output, parallelTools } = request;
  const settings: Record<string, unknown> = {
    max_tokens: sampling.maxTokens,
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    stop: sampling.stop.length === 0 ? null : sampling.stop,
    seed: sampling.seed,
    presence_penalty: sampling.presencePenalty,
    frequency_penalty: sampling.frequencyPenalty,
    tools: tools.map(({ name, description }) => [name, description]),
    tool_choice: toolChoice,
    parallel_tool_calls: parallelTools,
    response_format: output?.kind ?? null,
  };
  const told = reported.map((entry) => entry.replace(/[:[.].*$/u, "").replace(/^max_\w+_tokens$/u, "max_tokens"));
  // Tools that may not be called are not offered where no subset can be named.
  if (reported.some((entry) => entry.startsWith("tool_choice:"))) told.push("tools");
  const kept = Object.entries(settings).filter(
    ([name, value]) => value !== null && JSON.stringify(value) !== usual[name] && !told.includes(name),
  );
  return Object.fromEntries(kept);
}
