// Gemini Live as a fake service: `setup`, turns of text, and their usage. The vendor sends its JSON in binary messages, and
// tells a refusal in the reason of its close (ai.google.dev/api/live).
import { composeText } from "../answers/compose-text.ts";
import { countTokens, splitTokens } from "../answers/tokens.ts";
import { asRecord, asText, recordsOf, type JsonRecord } from "../json-record.ts";
import type { SessionOutput, SessionPlay, VendorRequest, World } from "../vocabulary.ts";
import { invalidKeyError } from "./envelope.ts";
import type { Prompt } from "../answers/prompt.ts";

const pattern = /^\/ws\/google\.ai\.generativelanguage\.v1(alpha|beta)?\.GenerativeService\.BidiGenerateContent$/u;
const models = /^models\/gemini-[\w.-]*(?:live|native-audio)/u;

export function openLive(request: VendorRequest, world: World): SessionPlay | undefined {
  if (!pattern.test(request.path)) return undefined;
  const key = request.headers["x-goog-api-key"] ?? request.query.get("key") ?? "";
  return new LiveSession(world, !world.requireKeys || (key !== "" && !/bad|revoked/iu.test(key)));
}

class LiveSession implements SessionPlay {
  readonly kind = "session";
  readonly headers = [];
  readonly subprotocol = undefined;
  readonly #world: World;
  readonly #hasKey: boolean;
  #model = "";

  constructor(world: World, hasKey: boolean) {
    this.#world = world;
    this.#hasKey = hasKey;
  }

  begin(): Iterable<SessionOutput> {
    return this.#hasKey ? [] : [{ close: 1007, reason: asText(invalidKeyError()["message"]) ?? "" }];
  }

  receive(text: string): Iterable<SessionOutput> {
    const message = asRecord(parsed(text));
    if (message === undefined) return [{ close: 1007, reason: "Invalid JSON payload received." }];
    const setup = asRecord(message["setup"]);
    if (setup !== undefined) return this.#setUp(asText(setup["model"]) ?? "");
    if (this.#model === "") return [{ close: 1007, reason: "setup must be the first message and only the first" }];
    const content = asRecord(message["clientContent"] ?? message["client_content"]);
    return content === undefined ? [] : this.#answer(recordsOf(content["turns"]));
  }

  #setUp(model: string): SessionOutput[] {
    if (!models.test(model)) {
      const reason = `${model} is not found for API version v1beta, or is not supported for bidiGenerateContent.`;
      return [{ close: 1008, reason }];
    }
    this.#model = model;
    return [server({ setupComplete: {} })];
  }

  *#answer(turns: readonly JsonRecord[]): Iterable<SessionOutput> {
    const userText = recordsOf(turns.at(-1)?.["parts"])
      .map((part) => asText(part["text"]) ?? "")
      .join("\n");
    const text = composeText({ ...bare, model: this.#model, userText }, this.#world.random);
    for (const piece of splitTokens(text))
      yield server({ serverContent: { modelTurn: { role: "model", parts: [{ text: piece }] } } });
    yield server({ serverContent: { generationComplete: true } });
    const [read, written] = [countTokens(userText) + 4, countTokens(text)];
    yield server({
      serverContent: { turnComplete: true },
      usageMetadata: {
        promptTokenCount: read,
        responseTokenCount: written,
        totalTokenCount: read + written,
        promptTokensDetails: [{ modality: "TEXT", tokenCount: read }],
        responseTokensDetails: [{ modality: "TEXT", tokenCount: written }],
      },
    });
  }
}

const bare: Omit<Prompt, "model" | "userText"> = {
  systemText: "",
  prefill: "",
  toolResults: [],
  tools: [],
  toolMode: { kind: "none" },
  parallelCalls: false,
  output: { kind: "text" },
  maxTokens: undefined,
  stop: [],
  thinkingTokens: 0,
  seed: 0,
};

function server(data: JsonRecord): SessionOutput {
  return { data, isBinary: true };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
