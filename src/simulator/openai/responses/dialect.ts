// OpenAI's Responses as a fake service: the same vendor and models as its Chat Completions, another protocol. Whole or
// as events, with stored answers for `previous_response_id`.
import { composeAnswer } from "../../answers/compose-answer.ts";
import type { Answer } from "../../answers/prompt.ts";
import type { WebSearch } from "../../answers/search-the-web.ts";
import { asList, asNumber, asRecord, asText, recordsOf, show, type JsonRecord } from "../../json-record.ts";
import { storeThing } from "../../services/store-thing.ts";
import type { AnswerWish, Dialect, DocumentReply, Frame, Reply, VendorRequest, World } from "../../vocabulary.ts";
import { Complaint, errorBodyFor, fullError, rejectionFor, envelopeHead } from "../envelope.ts";
import { answerPost } from "../answer-post.ts";
import type { ModelTraits } from "../models.ts";
import { logprobOf } from "../render.ts";
import { checkConversation, checkInput, notFound, reference } from "./check-input.ts";
import { checkResponsesRequest } from "./check-request.ts";
import { ItemIds } from "./item-ids.ts";
import { itemsOf, renderItem } from "./output-items.ts";
import { searchInResponses } from "../web-search.ts";
import { countItems, readResponsesPrompt, usualEffort } from "./read-prompt.ts";
import { overflow, overflowStream } from "./overflow.ts";
import { openResponses } from "./open-responses.ts";
import { endingOf, responseObject, type ResponseFacts } from "./response-object.ts";
import { event, eventsOfResponse, numberEvents, type StreamedResponse } from "./stream.ts";

export const responsesPath = "/v1/responses";
const mostKept = 1000;

export const responsesDialect: Dialect = {
  vendor: "openai",
  basePath: "/v1",
  newline: "\n",
  hasEndMarker: false,
  traits(request) {
    const body = asRecord(request.body) ?? {};
    return {
      model: asText(body["model"]),
      stream: body["stream"] === true,
      hasTools: recordsOf(body["tools"]).length > 0,
      generates: request.method === "POST",
    };
  },
  reply(request, world, wish): Reply {
    return answerPost(request, world, (body) => replyToResponses(body, world, wish));
  },
  session: (request, world) =>
    openResponses(request, { world, reply: (body) => replyToResponses(body, world, {}), numbered: numberEvents }),
  rejection(wish, request: VendorRequest, world): DocumentReply {
    return rejectionFor(wish, world, asText(asRecord(request.body)?.["model"]) ?? "gpt-4o");
  },
  errorFrames(wish, opening): Frame[] {
    const { message, type, param, code } = fullError(errorBodyFor(wish, "gpt-4o"));
    const error = event("error", { type: "error", error: { type, code, message, param } });
    const initialResponse = opening === undefined ? undefined : asRecord(asRecord(opening.data)?.["response"]);
    if (initialResponse === undefined) return [error];
    const response = { ...initialResponse, status: "failed", error: { code: code ?? "server_error", message } };
    return [error, event("error", { type: "response.failed", response })];
  },
  number: numberEvents,
  printFrame(data) {
    return JSON.stringify(data);
  },
  printDocument(data) {
    return JSON.stringify(data, null, asRecord(data)?.["error"] == null ? 2 : 4);
  },
  withoutUsage(data) {
    return onResponse(data, ({ usage: _usage, ...rest }) => rest);
  },
  withOddUsage(data) {
    const usage = responseIn(data)["usage"];
    if (usage == null) return data;
    return onResponse(data, ({ usage: _usage, ...rest }) => ({ ...rest, metadata: { usage } }));
  },
  withoutChoices(data) {
    return responseIn(data)["output"] === undefined
      ? data
      : onResponse(data, (response) => ({ ...response, output: [] }));
  },
  repeatFinish(data) {
    return isEnding(data) ? data : undefined;
  },
  repeatUsage(data) {
    return isEnding(data) && responseIn(data)["usage"] != null ? data : undefined;
  },
};

/** The response object of an event, or the document itself. */
function responseIn(data: JsonRecord): JsonRecord {
  return asRecord(data["response"]) ?? data;
}

function onResponse(data: JsonRecord, change: (response: JsonRecord) => JsonRecord): JsonRecord {
  const response = asRecord(data["response"]);
  return response === undefined ? change(data) : { ...data, response: change(response) };
}

function isEnding({ type }: JsonRecord): boolean {
  return type === "response.completed" || type === "response.incomplete" || type === "response.failed";
}

function replyToResponses(body: JsonRecord, world: World, wish: AnswerWish): Reply {
  const traits = checkResponsesRequest(body);
  const items = conversationOf(body, world);
  const inputTokens = countItems(body, items);
  if (inputTokens > traits.contextTokens) {
    if (body["stream"] !== true) throw new Complaint(overflow);
    return overflowStream(body, world, traits);
  }
  const prompt = readResponsesPrompt(body, items, traits);
  const blocked = wish.policyBlock === true ? { tools: [] } : {};
  const calm = { ...wish, emptyText: wish.emptyText === true || wish.policyBlock === true };
  const answer = composeAnswer({ ...prompt, ...blocked }, calm);
  const isStream = body["stream"] === true;
  const head = envelopeHead(world, { stream: isStream, promptTokens: inputTokens });
  const isQuiet = answer.calls.length > 0 || calm.emptyText;
  const search = isQuiet ? undefined : searchInResponses(body, prompt.userText);
  const parts = assemble(answer, { body, world, wish, traits, inputTokens, search });
  if (body["store"] !== false) {
    const id = String(parts.ended["id"]);
    keep(world, id, [...items, ...parts.finished]);
    storeThing(world, `openai response ${id}`, { record: parts.ended });
  }
  if (!isStream) {
    return { kind: "document", head, body: parts.ended, tokens: answer.answerTokens + answer.thinkingTokens };
  }
  const obfuscate = asRecord(body["stream_options"])?.["include_obfuscation"] !== false;
  const wishes = { random: world.random, obfuscate, logprobOf: logprobsWanted(body, world) };
  return { kind: "stream", head, framing: "sse", frames: eventsOfResponse(parts, wishes) };
}

/** Stored turns and the new input, checked together. */
function conversationOf(body: JsonRecord, world: World): readonly JsonRecord[] {
  const previous = asText(body["previous_response_id"]);
  if (body["input"] === undefined && previous === undefined) {
    const message = "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation_id' must be provided.";
    throw new Complaint({ message, code: "missing_required_parameter" });
  }
  if (body["conversation"] != null) {
    const conversation = asText(body["conversation"]) ?? asText(asRecord(body["conversation"])?.["id"]) ?? "";
    throw new Complaint({ message: `Conversation with id '${conversation}' not found.`, param: "conversation" }, 404);
  }
  const before = previous === undefined ? [] : world.threads.get(previous);
  if (before === undefined) {
    const message = `Previous response with id '${previous}' not found.`;
    throw new Complaint({ message, param: "previous_response_id", code: "previous_response_not_found" });
  }
  const inputItems = body["input"] === undefined ? [] : checkInput(body["input"]);
  const added = inputItems.map((item) => (item["type"] === reference ? recall(item["id"], world) : item));
  for (const item of added) checkRemembered(item, world);
  const items = [...before, ...added];
  checkConversation(items);
  return items;
}

/** Unsealed reasoning can only be looked up. */
function checkRemembered(item: JsonRecord, world: World): void {
  if (item["type"] === "reasoning" && item["encrypted_content"] == null) recall(item["id"], world);
}

/** From the stored answers. */
function recall(id: unknown, { threads }: World): JsonRecord {
  for (const items of threads.values()) {
    const knownItem = items.find((one) => one["id"] === id);
    if (knownItem !== undefined) return knownItem;
  }
  throw notFound(show(id));
}

function keep({ threads }: World, id: string, items: readonly JsonRecord[]): void {
  threads.set(id, items);
  const [oldest] = threads.keys();
  if (threads.size > mostKept && oldest !== undefined) threads.delete(oldest);
}

interface AssemblyContext {
  readonly body: JsonRecord;
  readonly world: World;
  readonly wish: AnswerWish;
  readonly traits: ModelTraits;
  readonly inputTokens: number;
  readonly search: WebSearch | undefined;
}

function assemble(answer: Answer, context: AssemblyContext): StreamedResponse {
  const { body, world, wish, traits, inputTokens, search } = context;
  const { random } = world;
  const include = asList(body["include"]) ?? [];
  const showsReasoning = usualEffort(body, traits) !== "none";
  const ids = new ItemIds(random, showsReasoning && answer.thinkingTokens > 0);
  const items = itemsOf(answer, {
    ids,
    random,
    wish,
    showsReasoning,
    summarizes: asText(asRecord(body["reasoning"])?.["summary"]) !== undefined,
    isSealed: include.includes("reasoning.encrypted_content"),
    search,
    sources: include.includes("web_search_call.action.sources"),
    phase: /^gpt-(5\.[3-9]|[6-9])/.test(traits.servedAs) ? "final_answer" : undefined,
  });
  const logprob = logprobsWanted(body, world);
  const finished = items.map((item) =>
    renderItem(item, {
      random,
      logprobs: item.kind === "message" && logprob !== undefined ? item.text.map((token) => logprob(token)) : [],
    }),
  );
  const now = Math.floor(world.now() / 1000);
  const facts: ResponseFacts = { id: ids.next("resp"), createdAt: now, body, traits };
  const ending = endingOf(answer.finish, wish);
  const isComplete = ending.status === "completed";
  return {
    items,
    finished,
    openedResponse: responseObject(facts, { status: "in_progress", output: [], usage: null }),
    ended: responseObject(facts, {
      ...ending,
      ...(isComplete ? { completedAt: now } : {}),
      ...(ending.status === "failed" ? { error: { code: "server_error", message: serverError } } : {}),
      output: finished,
      ...(search === undefined ? {} : { searches: search.failed ? 0 : 1 }),
      usage: usageOf(answer, inputTokens),
    }),
  };
}

const serverError = "The server had an error while processing your request. Sorry about that!";

function logprobsWanted(body: JsonRecord, { random }: World): ((token: string) => JsonRecord) | undefined {
  if (!(asList(body["include"]) ?? []).includes("message.output_text.logprobs")) return undefined;
  const topLogprobs = asNumber(body["top_logprobs"]) ?? 0;
  return (token) => logprobOf(token, { random, topLogprobs });
}

function usageOf(answer: Answer, inputTokens: number): JsonRecord {
  const outputTokens = answer.answerTokens + answer.thinkingTokens;
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: answer.thinkingTokens },
    total_tokens: inputTokens + outputTokens,
  };
}
