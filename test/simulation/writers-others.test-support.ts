// Gemini's and Anthropic's protocols as a vendor writes them: what is said, called and thought, whole and in events. No
// codec of ours.
import { CALL, event, said, type Ending, type Event, type Told, type Writer } from "./writing.test-support.ts";

const counted = ({ input, output }: Told["usage"]): object => ({
  usageMetadata: { promptTokenCount: input, candidatesTokenCount: output, totalTokenCount: input + output },
});
const slice = (parts: unknown[], more: object = {}, beside: object = {}): unknown => ({
  candidates: [{ content: { role: "model", parts }, index: 0, ...more }],
  modelVersion: "m",
  ...beside,
});
const geminiReasons = { stop: "STOP", length: "MAX_TOKENS", blocked: "SAFETY" } as const;
const geminiReason = (ending: Ending): string => (typeof ending === "object" ? ending.word : geminiReasons[ending]);
const callPart = (told: Told): unknown => ({ functionCall: { name: "look", args: { q: said(told) } } });

export const gemini: Writer = {
  open: () => [],
  thought: (text) => [event("word", slice([{ text, thought: true }]))],
  begin: () => [],
  // A call comes in one piece.
  word: (text, { form }) => (form === "call" ? [] : [event("word", slice([{ text }]))]),
  finish: (told, ending) => {
    const beside = told.play.usage === "missing" ? {} : counted(told.usage);
    const call = told.form === "call" ? [event("word", slice([callPart(told)]))] : [];
    return [...call, event("finish", slice([{ text: "" }], { finishReason: geminiReason(ending) }, beside))];
  },
  usage: ({ usage }) => [event("usage", { candidates: [], modelVersion: "m", ...counted(usage) })],
  mark: () => [],
  error: () => event("error", { error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" } }),
  whole: (told, ending) =>
    slice(
      [told.form === "call" ? callPart(told) : { text: said(told) }],
      ending === null ? {} : { finishReason: geminiReason(ending) },
      told.play.usage === "missing" ? {} : counted(told.usage),
    ),
};

const step = (part: Event["part"], type: string, data: object = {}): Event => event(part, { type, ...data }, type);
const stopOf = ({ form }: Told, ending: Ending): string => {
  if (typeof ending === "object") return ending.word;
  if (ending !== "stop") return ending === "length" ? "max_tokens" : "refusal";
  return form === "call" ? "tool_use" : "end_turn";
};
const tokens = ({ usage, play }: Told): object =>
  play.usage === "missing" ? {} : { usage: { input_tokens: usage.input, output_tokens: usage.output } };
/** A `message` around its blocks. */
export const message = (content: unknown[], stop_reason: string | null, more: object): object => ({
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "m",
  content,
  stop_reason,
  stop_sequence: null,
  ...more,
});
/** Thoughts are the first block where there are some. */
const placeOf = ({ thoughts }: Pick<Told, "thoughts">): number => (thoughts === 0 ? 0 : 1);
const delta = (part: Event["part"], index: number, change: object): Event =>
  step(part, "content_block_delta", { index, delta: change });

export const messages: Writer = {
  open: (told) => [step("open", "message_start", { message: message([], null, tokens(told)) })],
  thought: (thinking) => [
    step("open", "content_block_start", { index: 0, content_block: { type: "thinking", thinking: "", signature: "" } }),
    delta("word", 0, { type: "thinking_delta", thinking }),
    delta("open", 0, { type: "signature_delta", signature: "c2lnbmVk" }),
    step("open", "content_block_stop", { index: 0 }),
  ],
  begin: (told) => {
    const index = placeOf(told);
    if (told.form !== "call")
      return [step("open", "content_block_start", { index, content_block: { type: "text", text: "" } })];
    const content_block = { type: "tool_use", id: "toolu_1", name: "look", input: {} };
    return [step("word", "content_block_start", { index, content_block }), ...messages.word(CALL.open, told)];
  },
  word: (text, told) => [
    delta(
      "word",
      placeOf(told),
      told.form === "call" ? { type: "input_json_delta", partial_json: text } : { type: "text_delta", text },
    ),
  ],
  finish: (told, ending) => [
    ...(told.form === "call" ? messages.word(CALL.close, told) : []),
    step("open", "content_block_stop", { index: placeOf(told) }),
    step("finish", "message_delta", {
      delta: { stop_reason: stopOf(told, ending), stop_sequence: null },
      ...tokens(told),
    }),
  ],
  usage: () => [],
  mark: () => [step("mark", "message_stop")],
  error: () => step("error", "error", { error: { type: "overloaded_error", message: "Overloaded" } }),
  whole: (told, ending) => {
    const call = { type: "tool_use", id: "toolu_1", name: "look", input: { q: said(told) } };
    const block = told.form === "call" ? call : { type: "text", text: said(told) };
    return message([block], ending === null ? null : stopOf(told, ending), tokens(told));
  },
};
