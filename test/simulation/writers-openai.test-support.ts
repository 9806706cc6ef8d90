// OpenAI's two protocols as a vendor writes them: what is said, called and thought, whole and in events. No codec of ours.
import {
  CALL,
  event,
  argumentsOf,
  said,
  type Ending,
  type Event,
  type Told,
  type Writer,
} from "./writing.test-support.ts";

const chunk = (choices: unknown[], more: object = {}): unknown => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1,
  model: "m",
  choices,
  ...more,
});
const choice = (delta: object, finish_reason: string | null = null): unknown[] => [{ index: 0, delta, finish_reason }];
const callDelta = (call: object): object => ({ tool_calls: [{ index: 0, ...call }] });
const counts = ({ input, output }: Told["usage"]): unknown => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
});
const reasonOf = ({ form }: Told, ending: Ending): string => {
  if (typeof ending === "object") return ending.word;
  if (ending !== "stop") return ending === "length" ? "length" : "content_filter";
  return form === "call" ? "tool_calls" : "stop";
};

export const chat: Writer = {
  open: () => [event("open", chunk(choice({ role: "assistant", content: "" })))],
  thought: (reasoning_content) => [event("word", chunk(choice({ reasoning_content })))],
  begin: ({ form }) =>
    form === "call"
      ? [
          event(
            "word",
            chunk(
              choice(callDelta({ id: "call_1", type: "function", function: { name: "look", arguments: CALL.open } })),
            ),
          ),
        ]
      : [],
  word: (text, { form }) => [
    event("word", chunk(choice(form === "call" ? callDelta({ function: { arguments: text } }) : { content: text }))),
  ],
  finish: (told, ending) => [
    ...(told.form === "call" ? chat.word(CALL.close, told) : []),
    event("finish", chunk(choice({}, reasonOf(told, ending)))),
  ],
  usage: ({ usage }) => [event("usage", chunk([], { usage: counts(usage) }))],
  mark: () => [event("mark", "[DONE]")],
  error: () => event("error", { error: { message: "The server had an error", type: "server_error", code: null } }),
  whole: (told, ending) => {
    const call = { id: "call_1", type: "function", function: { name: "look", arguments: argumentsOf(told) } };
    const message = told.form === "call" ? { content: null, tool_calls: [call] } : { content: said(told) };
    const finish_reason = ending === null ? null : reasonOf(told, ending);
    return {
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 1,
      model: "m",
      choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason }],
      ...(told.play.usage === "missing" ? {} : { usage: counts(told.usage) }),
    };
  },
};

const states = { stop: "completed", length: "incomplete", blocked: "incomplete" } as const;
const reasons = { stop: null, length: { reason: "max_output_tokens" }, blocked: { reason: "content_filter" } } as const;
const statusOf = (ending: Ending): string => (typeof ending === "object" ? "incomplete" : states[ending]);
const detailsOf = (ending: Ending): unknown => (typeof ending === "object" ? { reason: ending.word } : reasons[ending]);
const step = (part: Event["part"], type: string, data: object): Event => event(part, { type, ...data }, type);
const at = { item_id: "item_1", output_index: 0 } as const;
const inside = { ...at, content_index: 0 } as const;

function itemOf(told: Told): object {
  if (told.form === "call") {
    const call = { id: "item_1", type: "function_call", call_id: "call_1", name: "look", status: "completed" };
    return { ...call, arguments: argumentsOf(told) };
  }
  const content = [{ type: "output_text", text: said(told), annotations: [] }];
  return { id: "item_1", type: "message", role: "assistant", status: "completed", content };
}

function responseOf(told: Told, ending: Ending | null): object {
  const { input, output } = told.usage;
  const isUnfinished = ending === null;
  return {
    id: "resp_1",
    object: "response",
    created_at: 1,
    model: "m",
    status: isUnfinished ? "in_progress" : statusOf(ending),
    error: null,
    incomplete_details: isUnfinished ? null : detailsOf(ending),
    output: told.count === 0 ? [] : [itemOf(told)],
    usage:
      isUnfinished || told.play.usage === "missing"
        ? null
        : { input_tokens: input, output_tokens: output, total_tokens: input + output },
  };
}

export const responses: Writer = {
  open: (told) => [step("open", "response.created", { response: responseOf({ ...told, count: 0 }, null) })],
  thought: (delta) => [
    step("word", "response.reasoning_summary_text.delta", {
      item_id: "rs_1",
      output_index: 0,
      summary_index: 0,
      delta,
    }),
  ],
  begin: (told) => {
    if (told.form === "call") {
      const item = { id: "item_1", type: "function_call", call_id: "call_1", name: "look", arguments: "" };
      return [
        step("word", "response.output_item.added", { output_index: 0, item: { ...item, status: "in_progress" } }),
        ...responses.word(CALL.open, told),
      ];
    }
    const item = { id: "item_1", type: "message", role: "assistant", status: "in_progress", content: [] };
    const part = { type: "output_text", text: "", annotations: [] };
    return [
      step("open", "response.output_item.added", { output_index: 0, item }),
      step("open", "response.content_part.added", { ...inside, part }),
    ];
  },
  word: (delta, { form }) => [
    form === "call"
      ? step("word", "response.function_call_arguments.delta", { ...at, delta })
      : step("word", "response.output_text.delta", { ...inside, delta }),
  ],
  finish: (told, ending) => {
    const type = ending === "stop" ? "response.completed" : "response.incomplete";
    const part = { type: "output_text", text: said(told), annotations: [] };
    const closing =
      told.form === "call"
        ? [
            ...responses.word(CALL.close, told),
            step("open", "response.function_call_arguments.done", { ...at, arguments: argumentsOf(told) }),
          ]
        : [
            step("open", "response.output_text.done", { ...inside, text: said(told) }),
            step("open", "response.content_part.done", { ...inside, part }),
          ];
    return [
      ...closing,
      step("open", "response.output_item.done", { output_index: 0, item: itemOf(told) }),
      step("finish", type, { response: responseOf(told, ending) }),
    ];
  },
  usage: () => [],
  mark: () => [],
  error: () => step("error", "error", { code: "server_error", message: "The server had an error", param: null }),
  whole: responseOf,
};
