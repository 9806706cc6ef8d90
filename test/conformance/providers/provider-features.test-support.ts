// The features that each row is tried for: what is asked, and what must come back. A feature ends as `ok`, as `adapted` with
// what was changed or left out, as `not offered` where a fact of the row excludes it, or as a fault. Not a test.
import { attemptsOf } from "../../support/stage.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import type { Gateway } from "../../../src/index.ts";
import type { Four } from "../protocols.test-support.ts";
import { ask, type Heard, Refused, type Talk, ways } from "./client-talk.test-support.ts";
import { listOf, recordOf } from "./host-rules.test-support.ts";
import type { HostFault } from "./host-errors.test-support.ts";

export interface Outcome {
  readonly state: "ok" | "adapted" | "not offered";
  /** What was changed or left out; empty for `ok`. */
  readonly note: string;
}

/** Something that no fact declares. */
export class Undeclared extends Error {
  override readonly name: string = "Undeclared";
}

function must(isTrue: boolean, what: string): void {
  if (!isTrue) throw new Undeclared(what);
}

/** `ok`, or `adapted` with the report in the headers. */
export function outcomeOf({ headers }: { readonly headers: Headers }): Outcome {
  const dropped = headers.get("x-understudy-dropped");
  const adapted = headers.get("x-understudy-adapted");
  const note = [...(adapted === null ? [] : [adapted]), ...(dropped === null ? [] : [`without ${dropped}`])].join("; ");
  const isRetried = attemptsOf(headers).length > 1;
  return note === "" && !isRetried ? { state: "ok", note: "" } : { state: "adapted", note };
}

/** A feature that this row is known not to have is refused before the host is asked. */
export async function offered(play: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await play();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const attempts = attemptsOf(error.headers);
    const isUnfit = attempts.length > 0 && attempts.every((one) => one.endsWith(":unsupported:skipped"));
    if (isUnfit) return { state: "not offered", note: "" };
    throw new Undeclared(`${error.message} (${attempts.join(", ")})`);
  }
}

export async function chat(talk: Talk, client: Four): Promise<Outcome> {
  const heard = await ask(talk, client);
  must(heard.said.text.length > 0 && heard.said.finish === "stop", `no text, or ended with ${heard.said.finish}`);
  return outcomeOf(heard);
}

/** Text and the tokens of it. */
export async function stream(talk: Talk, client: Four): Promise<Outcome> {
  const heard = await ask(talk, client, { stream: true });
  must(heard.said.text.length > 0 && heard.said.finish === "stop", `no text, or ended with ${heard.said.finish}`);
  must(heard.usage !== null && heard.usage[0] > 0 && heard.usage[1] > 0, `its tokens are ${String(heard.usage)}`);
  return outcomeOf(heard);
}

/** A call, its result, and an answer that speaks of it; and a streamed call. */
export async function tools(talk: Talk, client: Four): Promise<Outcome> {
  const { tool, afterCall } = ways[client];
  const first = await ask(talk, client, { more: tool });
  mustCall(first, client);
  const history = afterCall(first.json ?? {}, first.said);
  const second = await ask(talk, client, { more: tool, history });
  must(second.said.text.length > 0 && second.said.calls.length === 0, "no text after the tool's result");
  mustCall(await ask(talk, client, { more: tool, stream: true }), client);
  return outcomeOf(second);
}

/** A client of the host's own protocol may read `stop` beside a call: it is a word of its own, which OpenAI uses so itself. */
function mustCall({ said }: Heard, client: Four): void {
  const [call] = said.calls;
  must(
    call?.name === "get_weather" && said.calls.length === 1,
    `called ${said.calls.map(({ name }) => name).join(", ")}`,
  );
  const input = recordOf(JSON.parse(call?.arguments ?? "{}") as JsonObject);
  must(
    typeof input["city"] === "string" && (call?.id !== "" || client === "gemini-generate"),
    `called with ${call?.arguments}`,
  );
  const endings = client === "openai-chat" ? ["tool_calls", "stop"] : ["tool_calls"];
  must(endings.includes(said.finish ?? ""), `a call that ended with ${said.finish}`);
}

export async function forcedTool(talk: Talk): Promise<Outcome> {
  const more = { ...ways["openai-chat"].tool, tool_choice: "required" };
  const heard = await ask(talk, "openai-chat", { more });
  mustCall(heard, "openai-chat");
  return outcomeOf(heard);
}

export async function namedTool(talk: Talk): Promise<Outcome> {
  const more = { ...ways["openai-chat"].tool, tool_choice: { type: "function", function: { name: "get_weather" } } };
  const heard = await ask(talk, "openai-chat", { more });
  must(heard.said.calls[0]?.name === "get_weather", "the named tool was not called");
  return outcomeOf(heard);
}

/** A schema as many tools have it: a union beside its type, and a property of any type. */
export async function oddToolSchema(talk: Talk): Promise<Outcome> {
  const properties = {
    city: { type: "string" },
    unit: { type: "string", anyOf: [{ const: "C" }, { const: "F" }] },
    odd: {},
  };
  const parameters = { type: "object", properties, required: ["city"] };
  const more = { tools: [{ type: "function", function: { name: "get_weather", parameters } }] };
  const heard = await ask(talk, "openai-chat", { more });
  must(heard.said.calls[0]?.name === "get_weather", "the tool was not called");
  return outcomeOf(heard);
}

const schema = {
  type: "object",
  properties: { city: { type: "string" }, degrees: { type: "number" } },
  required: ["city", "degrees"],
  additionalProperties: false,
};

export async function jsonSchema(talk: Talk): Promise<Outcome> {
  const more = { response_format: { type: "json_schema", json_schema: { name: "weather", strict: true, schema } } };
  const heard = await ask(talk, "openai-chat", { more });
  // A host that only knows JSON may leave the form to the instructions: then the text is its own.
  const isAdapted =
    heard.headers.get("x-understudy-adapted") !== null || heard.headers.get("x-understudy-dropped") !== null;
  if (!isAdapted) must(typeof (JSON.parse(heard.said.text) as JsonObject)["city"] === "string", heard.said.text);
  return outcomeOf(heard);
}

const png =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

export async function image(talk: Talk): Promise<Outcome> {
  const parts = [
    { type: "text", text: "What is this?" },
    { type: "image_url", image_url: { url: png } },
  ];
  const heard = await ask(talk, "openai-chat", { more: { messages: [{ role: "user", content: parts }] } });
  must(heard.said.text.length > 0, "no text about the image");
  return outcomeOf(heard);
}

export async function reasoning(talk: Talk, effort: "high" | "none"): Promise<Outcome> {
  const heard = await ask(talk, "openai-chat", { more: { reasoning_effort: effort } });
  must(heard.said.text.length > 0, "no text");
  const outcome = outcomeOf(heard);
  const message = recordOf(listOf(heard.json?.["choices"])[0]?.["message"]);
  const thought = message["reasoning_content"] ?? message["reasoning"] ?? "";
  if (effort === "none" && outcome.state === "ok") must(thought === "", "it reasoned");
  return outcome;
}

/** What a target with this verdict is said to have done. */
const verdicts: Readonly<Record<Exclude<HostFault, "break">, string>> = {
  "bad key": "bad_key",
  "rate limit": "rate_limited",
  overload: "overloaded",
  "too long": "context_too_long",
};

/** The cause of a failure, as the headers of the client's error report it. */
export async function fault(talk: Talk, kind: Exclude<HostFault, "break">): Promise<Outcome> {
  // An overload may come inside a stream that began with 200.
  if (kind === "overload") await mustRead(await post(talk, true), kind);
  await mustRead(await post(talk, false), kind);
  return { state: "ok", note: "" };
}

async function mustRead(response: Response, kind: Exclude<HostFault, "break">): Promise<void> {
  must(!response.ok, `answered ${response.status}`);
  const [first = ""] = attemptsOf(response.headers);
  must(first.split(":").at(-2) === verdicts[kind], `read as ${first}: ${(await response.text()).slice(0, 200)}`);
}

/** While a key cools down, the host is not asked, and the stand-in answers. `talk`: a route with a stand-in. */
export async function cooldown(talk: Talk, asked: () => number): Promise<Outcome> {
  const before = asked();
  const response = await post(talk, false);
  await response.arrayBuffer();
  must(response.ok && asked() === before, `asked again, and answered ${response.status}`);
  return { state: "ok", note: "" };
}

/** A stream that breaks ends in one error that the client's SDK raises. */
export async function brokenStream(talk: Talk, client: Four): Promise<Outcome> {
  const heard = await ask(talk, client, { stream: true }).catch((error: unknown) => error);
  // A refusal of the SDK, or a socket that breaks off.
  must(heard instanceof Error, `a broken stream looks complete to ${client}`);
  return { state: "ok", note: "" };
}

export async function embeddings(talk: Talk): Promise<Outcome> {
  const response = await talk.gateway.fetch("http://gateway/v1/embeddings", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: talk.route, input: "the sea" }),
  });
  const text = await response.text();
  if (!response.ok) throw new Refused(response.status, text, response.headers);
  const [vector] = listOf((JSON.parse(text) as JsonObject)["data"]);
  must(Array.isArray(vector?.["embedding"]) || typeof vector?.["embedding"] === "string", text.slice(0, 200));
  return outcomeOf(response);
}

/** By the host, or as an estimate. */
export async function countTokens(talk: Talk): Promise<Outcome> {
  const { max_tokens: _most, ...body } = ways["anthropic-messages"].body(talk.route, [], false);
  const response = await talk.gateway.fetch("http://gateway/v1/messages/count_tokens", {
    method: "POST",
    headers: { "content-type": "application/json", "anthropic-version": "2023-06-01" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Refused(response.status, text, response.headers);
  must(Number((JSON.parse(text) as JsonObject)["input_tokens"]) > 0, text.slice(0, 200));
  const isEstimate = response.headers.get("x-understudy-estimated") !== null;
  return isEstimate ? { state: "adapted", note: "estimate" } : { state: "ok", note: "" };
}

function post({ gateway, route }: { gateway: Gateway; route: string }, isStream: boolean): Promise<Response> {
  const { path, body } = ways["openai-chat"];
  return gateway.fetch(`http://gateway${path(route, isStream)}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body(route, [], isStream)),
  });
}
