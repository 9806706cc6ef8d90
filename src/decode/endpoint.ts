// What a path asks for: which protocol is spoken there, and what the path says itself of the model and the stream. Chat
// completions are found by the first comparison; nothing is parsed for them. It never looks at a query's key.
import type { ProtocolName } from "../core/chat.ts";

export interface Endpoint {
  readonly protocol: ProtocolName;
  /** An answer, the count of a request's tokens, or vectors. */
  readonly task: "answer" | "count" | "embed";
  /** As the path names it; null where the body does. */
  readonly model: string | null;
  /** Null: the body says. */
  readonly stream: boolean | null;
  /** Several texts are embedded, and come back so. */
  readonly batch?: boolean | undefined;
}

const chat: Endpoint = { protocol: "openai-chat", task: "answer", model: null, stream: null };
const completions: Endpoint = { ...chat, protocol: "openai-completions" };
const responses: Endpoint = { ...chat, protocol: "openai-responses" };
const embeddings: Endpoint = { ...chat, task: "embed", stream: false };
const messages: Endpoint = { protocol: "anthropic-messages", task: "answer", model: null, stream: null };
const messageCount: Endpoint = { protocol: "anthropic-messages", task: "count", model: null, stream: false };

/** What stands at the path, or null. Both with and without the version, since base URLs are written both ways. */
export function endpointOf(path: string): Endpoint | null {
  switch (path) {
    case "/v1/chat/completions":
    case "/chat/completions":
      return chat;
    case "/v1/completions":
    case "/completions":
      return completions;
    case "/v1/responses":
    case "/responses":
      return responses;
    case "/v1/embeddings":
    case "/embeddings":
      return embeddings;
    case "/v1/messages":
    case "/messages":
      return messages;
    case "/v1/messages/count_tokens":
    case "/messages/count_tokens":
      return messageCount;
    default:
      // Some clients close their base URL's paths with a slash.
      return path.endsWith("/") && !path.endsWith("//") && path.length > 1
        ? endpointOf(path.slice(0, -1))
        : ofModel(path);
  }
}

/** A model's name may hold slashes and colons: `/v1beta/models/ollama/qwen3:8b:generateContent`. */
const modelPath = /^(?:\/v1(?:alpha|beta)?)?\/(?:models\/|(?=tunedModels\/))(.+)$/u;
const methods: ReadonlyMap<string, Pick<Endpoint, "task" | "stream" | "batch">> = new Map([
  ["generateContent", { task: "answer", stream: false }],
  ["streamGenerateContent", { task: "answer", stream: true }],
  ["countTokens", { task: "count", stream: false }],
  ["embedContent", { task: "embed", stream: false }],
  ["batchEmbedContents", { task: "embed", stream: false, batch: true }],
]);

function ofModel(path: string): Endpoint | null {
  const colon = path.lastIndexOf(":");
  const method = colon === -1 ? undefined : methods.get(path.slice(colon + 1));
  if (method === undefined) return null;
  const name = modelPath.exec(path.slice(0, colon))?.[1];
  return name === undefined ? null : { protocol: "gemini-generate", ...method, model: unescaped(name) };
}

function unescaped(name: string): string {
  if (!name.includes("%")) return name;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** In whose words to answer at a path, whether or not something is there. */
export function protocolOf(path: string): ProtocolName {
  const endpoint = endpointOf(path);
  if (endpoint !== null) return endpoint.protocol;
  if (/^(?:\/v1)?\/responses(?:\/|$)/u.test(path)) return "openai-responses";
  if (/^(?:\/v1)?\/messages(?:\/|$)/u.test(path)) return "anthropic-messages";
  if (/^\/v1(?:alpha|beta)(?:\/|$)|\/models\/.+:[A-Za-z]+$/u.test(path)) return "gemini-generate";
  return "openai-chat";
}

/** Whether a stream of elements in one JSON array is meant: what the protocol gives where the query wants no events. */
export function wantsArray({ protocol, stream }: Endpoint, query: string): boolean {
  if (protocol !== "gemini-generate" || stream !== true) return false;
  const asked = new URLSearchParams(query);
  return (asked.get("alt") ?? asked.get("$alt")) !== "sse";
}
