// A long turn with the vendor's own tools ends with `pause_turn`: sent back unchanged as the assistant's turn, it
// continues. Other turns almost never pause, so their streams are not collected; a whole answer is available anyway.
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { PauseCollector, Pausing, SseFrame } from "../../../core/protocol.ts";
import { arrayOr, isObject, membersOf, numberOr, parseJson, stringOr } from "../../shared/read.ts";

const word = "pause_turn";

export const pausing: Pausing = {
  canPause: (body) =>
    body["stream"] !== true ||
    arrayOr(body["mcp_servers"], []).length > 0 ||
    arrayOr(body["tools"], []).some(runsAtTheVendor),
  isPause: (raw) => raw === word,
  resume(body, answer) {
    const { content, container } = membersOf(answer);
    const blocks = arrayOr(content, []).filter((block) => !isEmptyText(block));
    if (blocks.length === 0) return null;
    const id = membersOf(container)["id"];
    return { ...body, messages: appended(arrayOr(body["messages"], []), blocks), ...(id ? { container: id } : {}) };
  },
  collector: () => new TurnCollector(),
};

function runsAtTheVendor(tool: Json): boolean {
  const { type } = membersOf(tool);
  return typeof type === "string" && type !== "custom";
}

function isEmptyText(block: Json): boolean {
  const { type, text } = membersOf(block);
  return type === "text" && text === "";
}

/** Joins adjacent turns of the assistant. */
function appended(messages: readonly Json[], blocks: readonly Json[]): Json[] {
  const last = membersOf(messages.at(-1));
  if (last["role"] !== "assistant") return [...messages, { role: "assistant", content: blocks }];
  const { content } = last;
  const before = typeof content === "string" ? [{ type: "text", text: content }] : arrayOr(content, []);
  return [...messages.slice(0, -1), { role: "assistant", content: [...before, ...blocks] }];
}

/** Blocks as in the whole answer. */
class TurnCollector implements PauseCollector {
  readonly #blocks = new Map<number, MutableJson>();
  readonly #inputs = new Map<number, string>();
  #container: Json = null;

  step({ data }: SseFrame): void {
    const event = membersOf(parseJson(data));
    const index = numberOr(event["index"], 0);
    switch (event["type"]) {
      case "message_start":
        this.#container = membersOf(event["message"])["container"] ?? null;
        return;
      case "message_delta":
        this.#container = membersOf(event["delta"])["container"] ?? this.#container;
        return;
      case "content_block_start":
        this.#blocks.set(index, { ...membersOf(event["content_block"]) });
        return;
      case "content_block_delta":
        this.#add(index, membersOf(event["delta"]));
        return;
      default:
    }
  }

  answer(): Json {
    for (const [index, text] of this.#inputs) {
      const input = parseJson(text);
      const block = this.#blocks.get(index);
      if (block !== undefined && isObject(input)) block["input"] = input;
    }
    return { content: [...this.#blocks.values()], container: this.#container };
  }

  #add(index: number, delta: JsonObject): void {
    const block = this.#blocks.get(index);
    if (block === undefined) return;
    const append = (name: string): void => {
      block[name] = stringOr(block[name], "") + stringOr(delta[name], "");
    };
    switch (delta["type"]) {
      case "text_delta":
        return append("text");
      case "thinking_delta":
        return append("thinking");
      case "signature_delta":
        return append("signature");
      case "citations_delta":
        block["citations"] = [...arrayOr(block["citations"], []), delta["citation"] ?? null];
        return;
      case "input_json_delta":
        this.#inputs.set(index, (this.#inputs.get(index) ?? "") + stringOr(delta["partial_json"], ""));
        return;
      default:
    }
  }
}
