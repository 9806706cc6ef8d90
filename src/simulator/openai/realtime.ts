// OpenAI's realtime as a fake service: conversations in text and sound, with the events of the general version. Events,
// members and error texts as in the reference of server events.
import { composeText } from "../answers/compose-text.ts";
import { countTokens, splitTokens } from "../answers/tokens.ts";
import { asList, asRecord, asText, recordsOf, type JsonRecord } from "../json-record.ts";
import type { DocumentReply, SessionOutput, SessionPlay, VendorRequest, World } from "../vocabulary.ts";
import { refusalOfKey } from "./answer-post.ts";
import { errorReply } from "./envelope.ts";
import { modelTraits } from "./models.ts";
import { readPrompt } from "./read-prompt.ts";

const realtimePath = "/v1/realtime";
const models = /^(?:gpt-realtime|gpt-4o(?:-mini)?-realtime|gpt-audio)/u;
/** Bytes of PCM at 24 kHz, 16 bits, for each token of sound: a tenth of a second. */
const SOUND = 4_800;

export function openRealtime(request: VendorRequest, world: World): SessionPlay | DocumentReply | undefined {
  if (request.path !== realtimePath) return undefined;
  const refused = refusalOfKey(request, world);
  if (refused !== undefined) return refused;
  const model = request.query.get("model");
  if (model === null && request.query.get("intent") !== "transcription" && !request.query.has("call_id"))
    return errorReply(world, 400, {
      message: "You must provide a model parameter.",
      param: "model",
      code: "missing_model",
    });
  const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((one) => one.trim());
  return new RealtimeSession(world, { model, subprotocol: offered.includes("realtime") ? "realtime" : undefined });
}

interface Opened {
  readonly model: string | null;
  readonly subprotocol: string | undefined;
}

class RealtimeSession implements SessionPlay {
  readonly kind = "session";
  readonly subprotocol: string | undefined;
  readonly headers: SessionPlay["headers"];
  readonly #world: World;
  readonly #model: string | null;
  readonly #items: JsonRecord[] = [];
  #session: JsonRecord;
  #heardBytes = 0;

  constructor(world: World, { model, subprotocol }: Opened) {
    this.#world = world;
    this.#model = model;
    this.subprotocol = subprotocol;
    this.headers = [
      ["openai-processing-ms", String(world.random.integer(20, 90))],
      ["x-request-id", `req_${world.random.characters(32)}`],
    ];
    this.#session = {
      type: model === null ? "transcription" : "realtime",
      object: "realtime.session",
      id: this.#id("sess"),
      ...(model === null ? {} : { model }),
      output_modalities: ["audio"],
      instructions: "You are a helpful assistant.",
      tools: [],
      tool_choice: "auto",
      max_output_tokens: "inf",
      audio: {
        input: { format: { type: "audio/pcm", rate: 24_000 }, transcription: null, turn_detection: null },
        output: { format: { type: "audio/pcm", rate: 24_000 }, voice: "alloy", speed: 1 },
      },
      expires_at: Math.floor(world.now() / 1000) + 3600,
    };
  }

  *begin(): Iterable<SessionOutput> {
    if (this.#model !== null && !models.test(this.#model)) {
      const message = `The model \`${this.#model}\` does not exist or you do not have access to it.`;
      yield this.#error({ code: "model_not_found", message });
      yield { close: 4000, reason: "invalid_request_error.model_not_found" };
      return;
    }
    yield this.#event("session.created", { session: this.#session });
  }

  receive(text: string): Iterable<SessionOutput> {
    const event = asRecord(parsed(text));
    if (event === undefined)
      return [this.#error({ code: "invalid_json", message: "Could not parse the event as JSON." })];
    switch (event["type"]) {
      case "session.update":
        return this.#update(asRecord(event["session"]) ?? {});
      case "conversation.item.create":
        return this.#addItem(asRecord(event["item"]) ?? {});
      case "input_audio_buffer.append":
        this.#heardBytes += Buffer.byteLength(asText(event["audio"]) ?? "", "base64");
        return [];
      case "input_audio_buffer.commit":
        return this.#commit();
      case "response.create":
        return this.#respond(asRecord(event["response"]) ?? {});
      default: {
        const supported =
          "'session.update', 'conversation.item.create', 'input_audio_buffer.append', 'input_audio_buffer.commit', and 'response.create'";
        const message = `Invalid value: '${asText(event["type"]) ?? ""}'. Supported values are: ${supported}.`;
        return [this.#error({ code: "invalid_value", message, param: "type" })];
      }
    }
  }

  *#update(session: JsonRecord): Iterable<SessionOutput> {
    const { model } = session;
    if (model !== undefined && model !== this.#model) {
      const message = "Cannot update a session's model.";
      yield this.#error({ code: "cannot_update_model", message, param: "session.model" });
      return;
    }
    this.#session = { ...this.#session, ...session };
    yield this.#event("session.updated", { session: this.#session });
  }

  *#addItem(item: JsonRecord): Iterable<SessionOutput> {
    const added = { id: this.#id("item"), object: "realtime.item", status: "completed", ...item };
    const before = asText(this.#items.at(-1)?.["id"]) ?? null;
    this.#items.push(added);
    yield this.#event("conversation.item.added", { previous_item_id: before, item: added });
    yield this.#event("conversation.item.done", { previous_item_id: before, item: added });
  }

  *#commit(): Iterable<SessionOutput> {
    if (this.#heardBytes < SOUND) {
      const message = "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio.";
      yield this.#error({ code: "input_audio_buffer_commit_empty", message });
      return;
    }
    const item = {
      id: this.#id("item"),
      object: "realtime.item",
      type: "message",
      status: "completed",
      role: "user",
      content: [{ type: "input_audio", transcript: null }],
    };
    this.#items.push(item);
    yield this.#event("input_audio_buffer.committed", { previous_item_id: null, item_id: item.id });
    yield this.#event("conversation.item.added", { previous_item_id: null, item });
  }

  *#respond(wish: JsonRecord): Iterable<SessionOutput> {
    const modalities = asList(wish["output_modalities"]) ?? asList(this.#session["output_modalities"]) ?? ["audio"];
    const isSpoken = modalities.includes("audio");
    const [responseId, itemId] = [this.#id("resp"), this.#id("item")];
    const response = { object: "realtime.response", id: responseId, output_modalities: modalities };
    yield this.#event("response.created", {
      response: { ...response, status: "in_progress", output: [], usage: null },
    });
    const item = { id: itemId, object: "realtime.item", type: "message", role: "assistant" };
    const place = { response_id: responseId, item_id: itemId, output_index: 0, content_index: 0 };
    const opened = { ...item, status: "in_progress", content: [] };
    yield this.#event("response.output_item.added", { response_id: responseId, output_index: 0, item: opened });
    const kind = isSpoken ? "output_audio" : "output_text";
    yield this.#event("response.content_part.added", { ...place, part: { type: kind } });
    const text = this.#compose(wish);
    const textEvent = isSpoken ? "response.output_audio_transcript" : "response.output_text";
    for (const delta of splitTokens(text)) {
      yield this.#event(`${textEvent}.delta`, { ...place, delta });
      if (isSpoken) yield this.#event("response.output_audio.delta", { ...place, delta: sound() });
    }
    if (isSpoken) yield this.#event("response.output_audio.done", place);
    yield this.#event(`${textEvent}.done`, { ...place, [isSpoken ? "transcript" : "text"]: text });
    const part = isSpoken ? { type: kind, transcript: text } : { type: kind, text };
    yield this.#event("response.content_part.done", { ...place, part });
    const done = { ...item, status: "completed", content: [part] };
    this.#items.push(done);
    yield this.#event("response.output_item.done", { response_id: responseId, output_index: 0, item: done });
    yield this.#event("conversation.item.done", { previous_item_id: null, item: done });
    const usage = this.#usage(text, isSpoken);
    yield this.#event("response.done", { response: { ...response, status: "completed", output: [done], usage } });
  }

  #compose(wish: JsonRecord): string {
    const messages = this.#items.map((item) => ({ role: item["role"], content: textsIn(item) }));
    const instructions = asText(wish["instructions"]) ?? asText(this.#session["instructions"]) ?? "";
    const traits = modelTraits("gpt-4o");
    if (traits === undefined) throw new Error("the simulator has no gpt-4o");
    const body = { messages: [{ role: "system", content: instructions }, ...messages] };
    const prompt = readPrompt(body, { ...traits, servedAs: this.#model ?? traits.servedAs });
    return composeText(prompt, this.#world.random);
  }

  #usage(text: string, isSpoken: boolean): JsonRecord {
    const read = this.#items.reduce((sum, item) => sum + countTokens(textsIn(item)) + 4, 0);
    const audioTokens = Math.ceil(this.#heardBytes / SOUND);
    const [textTokens, soundTokens] = [countTokens(text), isSpoken ? countTokens(text) * 4 : 0];
    const cached = read > 64 ? 64 : 0;
    return {
      total_tokens: read + audioTokens + textTokens + soundTokens,
      input_tokens: read + audioTokens,
      output_tokens: textTokens + soundTokens,
      input_token_details: {
        text_tokens: read,
        audio_tokens: audioTokens,
        image_tokens: 0,
        cached_tokens: cached,
        cached_tokens_details: { text_tokens: cached, audio_tokens: 0, image_tokens: 0 },
      },
      output_token_details: { text_tokens: textTokens, audio_tokens: soundTokens },
    };
  }

  #error(error: JsonRecord): SessionOutput {
    const whole = { type: "invalid_request_error", param: null, event_id: null, ...error };
    return this.#event("error", { error: whole });
  }

  #event(type: string, members: JsonRecord): SessionOutput {
    return { data: { type, event_id: this.#id("event"), ...members } };
  }

  #id(prefix: string): string {
    return `${prefix}_${this.#world.random.characters(21)}`;
  }
}

function textsIn(item: JsonRecord): string {
  const texts = recordsOf(item["content"]).map((part) => asText(part["text"]) ?? asText(part["transcript"]) ?? "");
  return texts.join("\n");
}

/** A piece of silence. */
function sound(): string {
  return Buffer.alloc(SOUND / 10).toString("base64");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
