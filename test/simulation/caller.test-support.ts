// The callers: what each one sends in its protocol, and how it reads what comes back. What it heard is brought to text and
// endings with a few lines for each protocol and none of our codecs.
import type { ClientRequest } from "../../src/core/exchange.ts";
import type { CallPlan, Dialect, Heard } from "./schedule.test-support.ts";

const tool = { type: "object", properties: { q: { type: "string" } } } as const;

/** One plain question, whole. */
export const PLAIN_CALL: CallPlan = {
  at: 0,
  speaks: "chat",
  stream: false,
  tools: false,
  thinks: false,
  strict: false,
  restarts: false,
  deadline: null,
  leaves: null,
  pause: 0,
  plan: "free",
  again: [],
};

/** `route`: what it asks for as its model. */
export function requestOf(plan: CallPlan, index: number, route: string): ClientRequest {
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (plan.deadline !== null) headers["x-understudy-timeout"] = `${plan.deadline}ms`;
  if (plan.strict) headers["x-understudy-strict"] = "true";
  if (plan.restarts) headers["x-understudy-restart"] = "true";
  if (plan.again.length > 0) {
    // One key for all: it is scoped to the caller, who is known by his own (F22).
    headers["idempotency-key"] = "once";
    headers["authorization"] = `Bearer caller-${index}`;
  }
  headers["x-understudy-metadata"] = JSON.stringify({ plan: plan.plan });
  const { path, query = "", body } = asked(plan, `call-${index}- Tell me something.`, route);
  return { method: "POST", path, query, headers, body: Buffer.from(JSON.stringify(body)) };
}

interface Words {
  readonly path: string;
  readonly query?: string;
  readonly body: object;
}

function asked({ speaks, stream, tools, thinks }: CallPlan, question: string, model: string): Words {
  const chat = [{ role: "user", content: question }];
  switch (speaks) {
    case "chat":
      return {
        path: "/v1/chat/completions",
        body: {
          model,
          messages: chat,
          stream,
          ...(tools ? { tools: [{ type: "function", function: { name: "look", parameters: tool } }] } : {}),
          ...(thinks ? { reasoning_effort: "high" } : {}),
        },
      };
    case "responses":
      return {
        path: "/v1/responses",
        body: {
          model,
          input: question,
          stream,
          ...(tools ? { tools: [{ type: "function", name: "look", parameters: tool, strict: false }] } : {}),
          ...(thinks ? { reasoning: { effort: "high" } } : {}),
        },
      };
    case "messages":
      return {
        path: "/v1/messages",
        body: {
          model,
          max_tokens: 4_000,
          messages: chat,
          stream,
          ...(tools ? { tools: [{ name: "look", input_schema: tool }] } : {}),
          ...(thinks ? { thinking: { type: "enabled", budget_tokens: 2_000 } } : {}),
        },
      };
    default:
      return {
        path: `/v1beta/models/${model}:${stream ? "streamGenerateContent" : "generateContent"}`,
        ...(stream ? { query: "alt=sse" } : {}),
        body: {
          contents: [{ role: "user", parts: [{ text: question }] }],
          ...(tools ? { tools: [{ functionDeclarations: [{ name: "look", parameters: tool }] }] } : {}),
          ...(thinks ? { generationConfig: { thinkingConfig: { thinkingBudget: 2_000 } } } : {}),
        },
      };
  }
}

type Loose = Readonly<Record<string, unknown>>;
const at = (value: unknown, ...path: (string | number)[]): unknown =>
  path.reduce<unknown>((found, step) => (found as Loose | null | undefined)?.[step], value);

/** Reads a stream as it comes. */
export class Ear {
  readonly heard: Heard = { text: "", endings: [] };
  readonly #speaks: Dialect;
  readonly #decoder = new TextDecoder();
  #rest = "";
  #isBroken = false;
  #isFailed = false;

  constructor(speaks: Dialect) {
    this.#speaks = speaks;
  }

  push(piece: Uint8Array | string): void {
    this.#rest += typeof piece === "string" ? piece : this.#decoder.decode(piece, { stream: true });
    for (;;) {
      const end = /\r?\n\r?\n/u.exec(this.#rest);
      if (end === null) return;
      this.#event(this.#rest.slice(0, end.index));
      this.#rest = this.#rest.slice(end.index + end[0].length);
    }
  }

  #event(text: string): void {
    let [name, data] = ["", ""];
    for (const line of text.split(/\r?\n/u)) {
      if (line.startsWith("event:")) name = line.slice(6).trim();
      if (line.startsWith("data:")) data += line.slice(5);
    }
    if (data === "") return;
    // An error of this protocol comes in two events, of which clients read one or the other.
    if (this.#isBroken && this.#speaks === "responses" && name === "response.failed" && !this.#isFailed) {
      this.#isFailed = true;
      return;
    }
    if (this.#isBroken) this.heard.endings.push("after");
    else if (data.trim() === "[DONE]") this.heard.endings.push("mark");
    else this.#frame(name, JSON.parse(data) as Loose);
  }

  #frame(name: string, data: Loose): void {
    const { heard } = this;
    if (name === "understudy.restart") {
      heard.text = "";
      return;
    }
    if (data["error"] !== undefined && data["error"] !== null) {
      heard.endings.push(`error ${codeIn(data)}`);
      this.#isBroken = true;
      return;
    }
    const told = frames[this.#speaks](data);
    if (told.text !== undefined && told.text !== "") {
      if (heard.endings.length > 0) heard.endings.push("after");
      heard.text += told.text;
    }
    if (told.finish === true) heard.endings.push("finish");
    if (told.mark === true) heard.endings.push("mark");
  }
}

interface Frame {
  readonly text?: string;
  readonly finish?: boolean;
  readonly mark?: boolean;
}

const frames: Readonly<Record<Dialect, (data: Loose) => Frame>> = {
  chat: (data) => ({
    text: chatText(at(data, "choices", 0, "delta")),
    finish: typeof at(data, "choices", 0, "finish_reason") === "string",
  }),
  messages: (data) => ({
    text: ((at(data, "delta", "text") ?? at(data, "delta", "partial_json")) as string | undefined) ?? "",
    finish: typeof at(data, "delta", "stop_reason") === "string",
    mark: data["type"] === "message_stop",
  }),
  gemini: (data) => ({
    text: textOf(at(data, "candidates", 0, "content", "parts")),
    finish: typeof at(data, "candidates", 0, "finishReason") === "string",
  }),
  responses: (data) => ({
    text: responseDeltas.has(data["type"]) ? (data["delta"] as string) : "",
    finish: data["type"] === "response.completed" || data["type"] === "response.incomplete",
  }),
};

const responseDeltas: ReadonlySet<unknown> = new Set([
  "response.output_text.delta",
  "response.function_call_arguments.delta",
]);

/** What is said, and what a tool is called with. */
function chatText(message: unknown): string {
  const content = (at(message, "content") as string | null | undefined) ?? "";
  return content + ((at(message, "tool_calls", 0, "function", "arguments") as string | undefined) ?? "");
}

/** In which protocols something follows the finish. */
export const marked: ReadonlySet<Dialect> = new Set<Dialect>(["chat", "messages"]);

/** Of Gemini's parts, Anthropic's blocks and the content of Responses; thoughts are left out. */
function textOf(parts: unknown): string {
  if (!Array.isArray(parts)) return "";
  return parts.map((one) => (at(one, "thought") === true ? "" : textOfPart(one))).join("");
}

function textOfPart(part: unknown): string {
  const args = at(part, "functionCall", "args") ?? at(part, "input");
  return args === undefined ? ((at(part, "text") as string | undefined) ?? "") : JSON.stringify(args);
}

/** An error that this client reads from a stream only. */
export function isFrames(body: string): boolean {
  return body.startsWith("event: ");
}

/** A whole body: an answer, or an error. */
export function hearWhole(speaks: Dialect, status: number, body: string): Heard {
  if (speaks === "responses" && isFrames(body)) {
    const ear = new Ear(speaks);
    ear.push(body);
    return ear.heard;
  }
  const data = JSON.parse(body) as Loose;
  if (status >= 400) return { text: "", endings: [`error ${codeIn(data)}`] };
  const endings = finishOf[speaks](data) ? ["finish"] : [];
  return { text: wholeText[speaks](data), endings };
}

const wholeText: Readonly<Record<Dialect, (data: Loose) => string>> = {
  chat: (data) => chatText(at(data, "choices", 0, "message")),
  messages: (data) => textOf(data["content"]),
  gemini: (data) => textOf(at(data, "candidates", 0, "content", "parts")),
  responses: (data) =>
    ((data["output"] as readonly unknown[] | undefined) ?? [])
      .map((item) => (at(item, "arguments") as string | undefined) ?? textOf(at(item, "content")))
      .join(""),
};

const finishOf: Readonly<Record<Dialect, (data: Loose) => boolean>> = {
  chat: (data) => typeof at(data, "choices", 0, "finish_reason") === "string",
  messages: (data) => typeof data["stop_reason"] === "string",
  gemini: (data) =>
    typeof at(data, "candidates", 0, "finishReason") === "string" ||
    typeof at(data, "promptFeedback", "blockReason") === "string",
  responses: (data) => data["status"] === "completed" || data["status"] === "incomplete",
};

function codeIn(data: Loose): string {
  // The verdict stands beside the protocol's own code.
  const own =
    at(data, "error", "verdict") ?? at(data, "error", "details", 0, "metadata", "code") ?? at(data, "error", "code");
  return typeof own === "string" ? own : "";
}
