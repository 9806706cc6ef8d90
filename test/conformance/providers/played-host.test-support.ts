// One row's vendor on a free port: its own paths, key header, refusals, error form and way of streaming, around the answers of
// the simulator. It is strict: another path, another header for the key, or anything that the host refuses is an error in
// the host's words. Not a test.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ProtocolName } from "../../../src/core/chat.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import type { ProviderRow } from "../../../src/core/provider.ts";
import { basePathFor } from "../../../src/domain/base-path.ts";
import { anthropicDialect } from "../../../src/simulator/anthropic/dialect.ts";
import { geminiDialect } from "../../../src/simulator/gemini/dialect.ts";
import { openaiDialect } from "../../../src/simulator/openai/dialect.ts";
import { seededRandom } from "../../../src/simulator/random.ts";
import type { Dialect, Reply, World } from "../../../src/simulator/vocabulary.ts";
import { oddAnswer, oddChunks } from "./answer-oddities.test-support.ts";
import type { HostDeviation } from "./host-deviations.test-support.ts";
import { errorFor, errorForms, type ErrorForm, type HostError, type HostFault } from "./host-errors.test-support.ts";
import { recordOf } from "./host-rules.test-support.ts";

export const hostKey = "sk-conformance-key";

export interface PlayedHost extends AsyncDisposable {
  readonly baseUrl: string;
  /** Played for every request until it is null again. */
  fault: HostFault | null;
  /** The bodies that it was asked with, the latest last. */
  readonly asked: { readonly path: string; readonly body: JsonObject }[];
}

/** A service of the host: its path there, and the simulator's own. */
interface Service {
  readonly protocol: ProtocolName;
  readonly dialect: Dialect;
  readonly canonicalPath: string;
}

const world: World = {
  random: seededRandom(1),
  now: () => Date.now(),
  requireKeys: false,
  threads: new Map(),
  stored: new Map(),
};

export async function openPlayedHost(row: ProviderRow, deviation: HostDeviation): Promise<PlayedHost> {
  const base = new URL(row.baseUrl ?? row.account?.baseUrl(deviation.settings ?? {}) ?? "http://127.0.0.1/v1");
  const basePath = base.pathname.replace(/\/+$/u, "");
  const host = { fault: null as HostFault | null, asked: [] as PlayedHost["asked"] };
  const play = new Play({ row, deviation, basePath }, host);
  const server: Server = createServer((request, response) => {
    void bodyOf(request).then((text) => play.answer(request, text, response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(host, {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}${basePath}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

interface Setup {
  readonly row: ProviderRow;
  readonly deviation: HostDeviation;
  readonly basePath: string;
}

class Play {
  readonly #setup: Setup;
  readonly #host: Pick<PlayedHost, "fault" | "asked">;

  constructor(setup: Setup, host: Pick<PlayedHost, "fault" | "asked">) {
    this.#setup = setup;
    this.#host = host;
  }

  answer(request: IncomingMessage, text: string, response: ServerResponse): void {
    const { row, deviation, basePath } = this.#setup;
    const url = new URL(request.url ?? "/", "http://host");
    const body = recordOf(text === "" ? {} : (JSON.parse(text) as JsonObject));
    this.#host.asked.push({ path: url.pathname, body });
    const service = serviceAt(row, basePath, url.pathname);
    const form = formOf(service, deviation);
    const { fault } = this.#host;
    const refuse = (message: string, status = 400): void =>
      sendError(response, form, { status, message, type: "invalid_request_error", code: "invalid_request" });
    if (service === null) return refuse(`Not found: ${url.pathname}`, 404);
    if (!hasKey(request, row, deviation)) return refuse("No key where it belongs", 401);
    const isInStream =
      fault === "overload" && deviation.oddities?.includes("overload in stream") && body["stream"] === true;
    if (fault !== null && fault !== "break" && !isInStream)
      return sendError(response, form, errorFor(fault, form, deviation.overflow));
    const isChat = service.canonicalPath === "/v1/chat/completions";
    const wrong = isChat ? firstFault(deviation, body) : null;
    if (wrong !== null) return refuse(wrong);
    const canonicalRequest = canonical(service, { body, text, url, request });
    const dialect = service.dialect.at?.(canonicalRequest) ?? service.dialect;
    const reply = dialect.reply(canonicalRequest, world, {});
    if (isInStream === true) return sendBroken(response, [], inBand(form, deviation));
    this.#send(response, reply, { service: { ...service, dialect }, body, form });
  }

  #send(
    response: ServerResponse,
    reply: Reply,
    { service, body, form }: { readonly service: Service; readonly body: JsonObject; readonly form: ErrorForm },
  ): void {
    const { deviation } = this.#setup;
    const isChat = service.canonicalPath === "/v1/chat/completions";
    if (reply.kind === "document") {
      const isError = reply.head.status !== 200;
      const document = isChat && !isError ? oddAnswer(reply.body as JsonObject, deviation, body) : reply.body;
      response.writeHead(reply.head.status, { "content-type": "application/json" });
      response.end(typeof document === "string" ? document : JSON.stringify(document));
      return;
    }
    const numbered = service.dialect.number?.(reply.frames) ?? reply.frames;
    const frames = isChat ? oddChunks([...numbered], deviation, body) : [...numbered];
    if (this.#host.fault === "break") {
      const cut = frames.findIndex(({ part }) => part === "text") + 1;
      return sendBroken(response, frames.slice(0, cut).map(printed), inBand(form, deviation));
    }
    const comment = deviation.oddities?.includes("comments") ? ": PROCESSING\n\n" : "";
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(frames.map((frame) => comment + printed(frame)).join(""));
  }
}

function formOf(service: Service | null, deviation: HostDeviation): ErrorForm {
  if (service?.protocol === "anthropic-messages") return "anthropic";
  if (service?.protocol === "gemini-generate") return "google";
  // A host of Anthropic's protocol has OpenAI's errors in OpenAI's.
  return deviation.errors === "anthropic" ? "openai" : (deviation.errors ?? "openai");
}

function inBand(form: ErrorForm, deviation: HostDeviation): string {
  const error = errorForms[form](errorFor("overload", form, deviation.overflow));
  return form === "anthropic"
    ? `event: error\ndata: ${JSON.stringify(error)}\n\n`
    : `data: ${JSON.stringify(error)}\n\n`;
}

function sendBroken(response: ServerResponse, before: readonly string[], error: string): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.end(before.join("") + error);
}

function sendError(response: ServerResponse, form: ErrorForm, error: HostError): void {
  const hint = error.status === 429 ? { "retry-after": "30" } : {};
  response.writeHead(error.status, { "content-type": "application/json", ...hint });
  response.end(JSON.stringify(errorForms[form](error)));
}

function printed({ event, data }: { readonly event?: string; readonly data: unknown }): string {
  const text = typeof data === "string" ? data : JSON.stringify(data);
  return `${event === undefined ? "" : `event: ${event}\n`}data: ${text}\n\n`;
}

function firstFault({ refuses = [] }: HostDeviation, body: JsonObject): string | null {
  for (const rule of refuses) {
    const words = rule(body);
    if (words !== null) return words;
  }
  return null;
}

/** The key is in its own header, and in no other. */
function hasKey({ headers }: IncomingMessage, row: ProviderRow, { keyHeader }: HostDeviation): boolean {
  const own = keyHeader ?? "authorization";
  const others = ["authorization", "x-api-key", "x-goog-api-key", "api-key"].filter((name) => name !== own);
  if (others.some((name) => headers[name] !== undefined)) return false;
  return headers[own] === (own === "authorization" ? `Bearer ${hostKey}` : hostKey) || row.auth === null;
}

/** The services of the row's protocols, at this row's own paths. */
function serviceAt(row: ProviderRow, basePath: string, path: string): Service | null {
  const at = (protocol: ProtocolName): string => basePathFor(row, basePath, protocol) ?? "?";
  const takes = (protocol: ProtocolName): boolean =>
    row.protocol === protocol || row.operations === protocol || row.alsoTakes?.[protocol] !== undefined;
  const rows: readonly (readonly [ProtocolName, string, string, Dialect])[] = [
    ["openai-chat", "/chat/completions", "/v1/chat/completions", openaiDialect],
    ["openai-chat", "/embeddings", "/v1/embeddings", openaiDialect],
    ["openai-responses", "/responses", "/v1/responses", openaiDialect],
    ["anthropic-messages", "/messages", "/v1/messages", anthropicDialect],
    ["anthropic-messages", "/messages/count_tokens", "/v1/messages/count_tokens", anthropicDialect],
  ];
  for (const [protocol, own, canonicalPath, dialect] of rows)
    if (takes(protocol) && path === at(protocol) + own) return { protocol, canonicalPath, dialect };
  if (row.protocol !== "gemini-generate" || !path.startsWith(`${basePath}/models/`)) return null;
  const canonicalPath = `/v1beta${path.slice(basePath.length)}`;
  return { protocol: "gemini-generate", canonicalPath, dialect: geminiDialect };
}

const known = "messages tools tool_choice response_format stream stream_options max_tokens max_completion_tokens".split(
  " ",
);
const knownToo = "temperature top_p n stop seed parallel_tool_calls user input encoding_format dimensions".split(" ");

/** The request as the simulator's vendor reads it, without what is the host's own. */
function canonical(
  service: Service,
  { body, text, url, request }: { body: JsonObject; text: string; url: URL; request: IncomingMessage },
): Parameters<Dialect["reply"]>[0] {
  const { canonicalPath: path } = service;
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const whole = { method: request.method ?? "POST", path, query: url.searchParams, headers };
  const own = canonicalBody(path, body);
  const rawBody = own === body ? text : JSON.stringify(own);
  return { ...whole, body: own, rawBody };
}

function canonicalBody(path: string, body: JsonObject): JsonObject {
  if (path.startsWith("/v1beta")) return body;
  if (path.startsWith("/v1/messages")) return { ...body, model: "claude-sonnet-4-5" };
  if (path === "/v1/responses") {
    const { reasoning: _reasoning, ...rest } = body;
    return { ...rest, model: "gpt-4o" };
  }
  const kept = Object.entries(body).filter(([name]) => known.includes(name) || knownToo.includes(name));
  const plain = Object.fromEntries(kept);
  if (path === "/v1/embeddings") return { ...plain, model: "text-embedding-3-small" };
  const { tool_choice: choice, messages } = plain;
  const history = (messages as readonly JsonObject[]).map(
    ({ reasoning: _r, reasoning_content: _c, reasoning_details: _d, prefix: _p, ...message }) => message,
  );
  return {
    ...plain,
    model: "gpt-4o",
    messages: history,
    ...(choice === "any" ? { tool_choice: "required" } : {}),
    ...(body["stream"] === true ? { stream_options: { include_usage: true } } : {}),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
