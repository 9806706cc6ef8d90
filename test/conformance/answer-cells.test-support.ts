// One recorded answer told to a client of one protocol: its SDK hears what the vendor said, whole and streamed, OpenAI's own
// description has nothing to say against it, and it comes back the same. Not a test.
import { isDeepStrictEqual } from "node:util";
import type { ChatResponse } from "../../src/core/chat.ts";
import type { StreamEvent } from "../../src/core/event.ts";
import { GatewayFailure, type WireFailure } from "../../src/core/failure.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import { membersOf, stringOr } from "../../src/protocols/shared/read.ts";
import type { SchemaChecker } from "../support/openapi.ts";
import type { Recording } from "../support/recordings.ts";
import { ears } from "./ears.test-support.ts";
import { addUp, allFrames, decodeStream, readAnswer } from "./gather.test-support.ts";
import { answersByApi, type Four, fourProtocols, protocolsByApi } from "./protocols.test-support.ts";
import { type Answer, saidByEvents, saidByResponse } from "./said.test-support.ts";
import { comparable, toldIn } from "./told.test-support.ts";

/** Complaints, none where all is well; or why there is nothing to tell. */
export type Told = readonly string[] | { readonly skipped: string };

interface Telling {
  readonly recording: Recording;
  readonly to: Four;
  readonly schemas: SchemaChecker | null;
}

export async function tellAnswer(telling: Telling): Promise<Told> {
  const heard = readAnswer(telling.recording);
  switch (heard.kind) {
    case "whole":
      return [
        ...(await hearVendor(saidByResponse(heard.response), telling)),
        ...(await tellWhole(heard.response, telling)),
      ];
    case "stream":
      return [
        ...(await hearVendor(saidByEvents(heard.events), telling)),
        ...(await tellStream(heard.events, telling)),
        ...(await tellAddedUp(heard.events, telling)),
      ];
    case "failure":
      return tellFailure(heard.failure, heard.before, telling);
  }
}

/** What an SDK reads is compared as far as the SDK leaves it alone: of arguments that were cut off it makes what it likes. */
function differences(what: string, found: Answer, wanted: Answer): string[] {
  const repaired = what.startsWith("heard");
  const [one, other] = [comparable(found, repaired), comparable(wanted, repaired)];
  return isDeepStrictEqual(one, other)
    ? []
    : [`${what}: ${JSON.stringify(one)?.slice(0, 1500)} instead of ${JSON.stringify(other)?.slice(0, 1500)}`];
}

/** Whose SDK it is: others that speak the protocol have words of their own, which it does not know. */
const homes: Readonly<Record<Four, readonly string[]>> = {
  "openai-chat": ["openai"],
  "openai-responses": ["openai"],
  "anthropic-messages": ["anthropic"],
  "gemini-generate": ["gemini", "vertex"],
};

/** The second opinion on our decoders: what the vendor's own SDK makes of the vendor's very bytes. */
async function hearVendor(said: Answer, { recording, to }: Telling): Promise<string[]> {
  const { api, provider, response } = recording;
  // It never asks for a stream as one JSON array, nor for numbers instead of words; we mint the ids that Gemini leaves out.
  const known = response.bodyText?.trimStart().startsWith("[") !== true && !recording.id.includes("extra-params");
  if (answersByApi[api]!.name !== to || !homes[to].includes(provider) || !known) return [];
  const { body, bodyText: text } = response;
  // Some files lack the blank line that ended the stream.
  const vendor = await (text === undefined ? ears[to].whole(membersOf(body)) : ears[to].stream(`${text}\n\n`));
  const given = new Set([...vendor.choices.values()].flatMap(({ calls }) => calls.map(({ id }) => id)));
  const ours = mapIds(said, (id) => (given.has(id) ? id : ""));
  // A blocked prompt is an answer without a choice there, and one that was filtered everywhere else.
  const blocked = vendor.choices.size === 0 ? { ...ours, choices: vendor.choices } : ours;
  return differences("heard from the vendor", vendor, toldIn(to, blocked));
}

function mapIds({ choices, usage }: Answer, change: (id: string) => string): Answer {
  const list = [...choices].map(([index, said]) => {
    const calls = said.calls.map((call) => ({ ...call, id: change(call.id) }));
    return [index, { ...said, calls }] as const;
  });
  return { choices: new Map(list), usage };
}

async function tellWhole(response: ChatResponse, { recording, to, schemas }: Telling): Promise<string[]> {
  const target = fourProtocols[to];
  const own = protocolsByApi[recording.api] ?? fourProtocols["openai-chat"];
  const body = target.chat.response.encode(response, ears[to].options);
  const said = saidByResponse(response);
  const told = toldIn(to, said);
  const complaints = differences("heard", await ears[to].whole(body), told);
  complaints.push(...answerFaults(body, { recording, to, schemas }));
  const there = target.chat.response.decode(body);
  if ("verdict" in there) return [...complaints, `cannot be read: ${there.message}`];
  complaints.push(...differences("read", saidByResponse(there), told));
  const from = fourOf(own.name);
  const back = own.chat.response.decode(own.chat.response.encode(there, ears[from].options));
  if ("verdict" in back) return [...complaints, `cannot be read back: ${back.message}`];
  complaints.push(...differences("back", saidByResponse(back), toldIn(from, told)));
  return complaints;
}

async function tellStream(events: readonly StreamEvent[], { recording, to, schemas }: Telling): Promise<string[]> {
  const target = fourProtocols[to];
  const own = protocolsByApi[recording.api] ?? fourProtocols["openai-chat"];
  const encoder = target.chat.stream.encoder(ears[to].options);
  const wire = events.map((event) => encoder.step([event])).join("") + encoder.end();
  const told = toldIn(to, saidByEvents(events), "streamed");
  const complaints = differences("heard streamed", await ears[to].stream(wire), told);
  complaints.push(...streamFaults(wire, { recording, to, schemas }));
  const there = decodeStream(wire, target);
  complaints.push(...differences("read streamed", saidByEvents(there), told));
  const from = fourOf(own.name);
  const backwards = own.chat.stream.encoder(ears[from].options);
  const back = decodeStream(backwards.step(there) + backwards.end(), own);
  complaints.push(...differences("back streamed", saidByEvents(back), toldIn(from, told, "streamed")));
  return complaints;
}

/** A stream that was added up is the same answer in one piece. */
async function tellAddedUp(events: readonly StreamEvent[], telling: Telling): Promise<string[]> {
  const response = addUp(events, answersByApi[telling.recording.api]!.name);
  const complaints = differences("added up", saidByResponse(response), saidByEvents(events));
  return [...complaints, ...(await tellWhole(response, telling))];
}

/** Whatever was said before, then an error that the SDK raises. */
async function tellFailure(failure: WireFailure, before: readonly StreamEvent[], { to }: Telling): Promise<string[]> {
  const target = fourProtocols[to];
  const status = failure.status === null || failure.status < 400 ? 502 : failure.status;
  const raised = new GatewayFailure(failure.message, { code: failure.verdict, status });
  const complaints: string[] = [];
  const body = target.failure.encode(raised, "req_1");
  const refusal = await ears[to].whole(body, status).then(
    () => null,
    (error: unknown) => error as { status?: number },
  );
  if (refusal?.status !== status) complaints.push(`raised ${JSON.stringify(refusal)} for status ${status}`);
  if (before.length === 0) return complaints;
  const encoder = target.chat.stream.encoder(ears[to].options);
  const wire = encoder.step(before) + encoder.fail(raised);
  const broken = await ears[to].stream(wire).then(
    () => null,
    (error: unknown) => String(error),
  );
  if (broken?.includes(failure.message) !== true) complaints.push(`raised ${String(broken)} in mid-stream`);
  return complaints;
}

/** Legacy completions are told and untold through the chat protocol's vocabulary. */
function fourOf(name: string): Four {
  return name in fourProtocols ? (name as Four) : "openai-chat";
}

/** What the vendor's own bytes deviate from the description in is passed on to clients of the same protocol as it is. */
function withoutVendors(faults: readonly string[], { recording, to, schemas }: Telling): string[] {
  const own = answersByApi[recording.api]!.name === to;
  const { body, bodyText: text } = recording.response;
  const slices = text === undefined ? [body ?? null] : allFrames(text).flatMap(({ data }) => sliceOf(data));
  const names = to === "openai-chat" ? chatSchemas : null;
  const known = new Set(
    own
      ? slices.flatMap((slice) =>
          (names ?? responseSchemas(slice)).flatMap((name) => schemas?.faults(name, slice) ?? []),
        )
      : [],
  );
  return [...new Set(faults)]
    .filter((fault) => !known.has(fault) && !known.has(`/response${fault}`))
    .map((fault) => `described otherwise: ${fault}`);
}

const chatSchemas = ["CreateChatCompletionResponse", "CreateChatCompletionStreamResponse"] as const;

function responseSchemas(slice: Json): readonly string[] {
  const event = stringOr(membersOf(slice)["type"], "");
  return event === "" ? ["Response"] : [eventSchema(event)];
}

function sliceOf(data: string): Json[] {
  return data === "[DONE]" || data === "" ? [] : [JSON.parse(data) as Json];
}

function answerFaults(body: JsonObject, telling: Telling): string[] {
  const { schemas, to } = telling;
  const name = to === "openai-chat" ? "CreateChatCompletionResponse" : to === "openai-responses" ? "Response" : null;
  return name === null || schemas === null ? [] : withoutVendors(schemas.faults(name, body), telling);
}

function streamFaults(wire: string, telling: Telling): string[] {
  const { schemas, to } = telling;
  if (schemas === null || !to.startsWith("openai-")) return [];
  const faults = allFrames(wire).flatMap(({ event, data }) => {
    const name = to === "openai-chat" ? "CreateChatCompletionStreamResponse" : eventSchema(event ?? "");
    return sliceOf(data).flatMap((slice) => schemas.faults(name, slice));
  });
  return withoutVendors(faults, telling);
}

/** `response.output_text.delta` is described as ResponseTextDeltaEvent. */
export function eventSchema(event: string): string {
  if (event === "response.output_text.annotation.added") return "ResponseOutputTextAnnotationAddedEvent";
  const words = event.replace("response.", "").replace("output_text", "text").split(/[._]/u);
  return `Response${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("")}Event`;
}
