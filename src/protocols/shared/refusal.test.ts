import { describe, expect, test } from "vitest";
import type { Json } from "../../core/json.ts";
import type { WireFailure } from "../../core/failure.ts";
import type { FailureVerdict } from "../../core/verdict.ts";
import { anthropicMessages } from "../anthropic-messages/protocol.ts";
import { decodeErrorAnswer } from "./error-answer.ts";
import { readRefusals, isAboutUnknown, unknownMembers } from "./refusal.ts";

function refusal(verdict: FailureVerdict, message: string, more: Partial<WireFailure> = {}) {
  const nothing = { code: null, type: null, param: null, waitMs: null, shouldRetry: null };
  return readRefusals({ verdict, message, status: 400, ...nothing, ...more });
}
const plainContent = { kind: "facts", facts: { plainContent: true } };
const field = (path: string, value: string | null = null) => ({ kind: "field", path, value });

test("summaries of thoughts that an organisation is not shown are asked for no more", () => {
  const message =
    "Your organization must be verified to generate reasoning summaries. Please go to: https://platform.openai.com/settings/organization/general and click on Verify Organization.";
  const error = { message, type: "invalid_request_error", param: "reasoning.summary", code: "unsupported_value" };
  const failure = decodeErrorAnswer(400, {}, JSON.stringify({ error }));
  expect(readRefusals(failure)).toEqual([field("reasoning.summary")]);
});

describe("windows", () => {
  test.each([
    [
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 131072 tokens.",
      128_000,
    ],
    ["This endpoint's maximum context length is 8,192 tokens.", 8_192],
    ["prompt is too long: 215000 tokens > 200000 maximum", 200_000],
    ["input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease them", 200_000],
    ["The input token count (1150000) exceeds the maximum number of tokens allowed (1048576).", 1_048_576],
    ["the request exceeds the available context size (4096 tokens), try increasing it", 4_096],
    ["The decoder prompt (length 9000) is longer than the maximum model length of 8192.", 8_192],
    ["This model's maximum prompt length is 131072 but the request contains 140000 tokens.", 131_072],
    ["Your request exceeded model token limit: 32768", 32_768],
    [
      "'max_tokens' or 'max_completion_tokens' is too large: 32000. This model's maximum context length is 32768 tokens and your request has 14203 input tokens (32000 > 32768 - 14203).",
      32_768,
    ],
    ["Current length is 9000 while limit is 8192", 8_192],
  ])("%s", (message, tokens) => {
    expect(refusal("context_too_long", message)).toEqual([{ kind: "window", tokens }]);
  });

  test.each([
    "Your input exceeds the context window of this model.",
    "Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 40000.",
    "This model's maximum context length is 0 tokens.",
    "Invalid value: 'This model's maximum context length is 300 tokens'. Supported values are: 'text'.",
    "Invalid value: 'x' maximum context length is 300 tokens. 'y'. Supported values are: 'text'.",
    "Unknown name 'max_tokens' or 'max_completion_tokens' is too large: 5. This model's maximum context length is 8192 tokens",
    "'max_tokens' or 'x' is too large: 5. This model's maximum context length is 8192 tokens",
  ])("no number, or one that may be a caller's, no window: %s", (message) => {
    expect(refusal("context_too_long", message)).toEqual([]);
  });
});

describe("half of a surrogate pair", () => {
  test.each([
    "The request body is not valid JSON: no low surrogate in string: line 1 column 195621 (char 195620)",
    "The request body is not valid JSON: invalid high surrogate in string: line 1 column 9 (char 8)",
    "Failed to parse the request body as JSON: messages[319].content: lone leading surrogate in hex escape at line 1 column 9",
    "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly.)",
  ])("%s", (message) => {
    expect(refusal("bad_request", message)).toEqual([{ kind: "facts", facts: { loneSurrogates: false } }]);
  });
});

describe("generations of Claude", () => {
  const older = { reasoning: { style: "budget" }, laterSystem: false };
  const newer = { reasoning: { style: "adaptive", off: true } };
  const system = { laterSystem: false };
  test.each<[words: string, facts: object]>([
    ["adaptive thinking is not supported on this model", older],
    ["This model does not support the effort parameter.", older],
    [
      '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
      newer,
    ],
    ['"thinking.type.disabled" is not supported for this model.', { reasoning: { style: "adaptive", off: false } }],
    ["'claude-3-5-haiku-20241022' does not support thinking.", { reasoning: { style: "none" }, sampling: true }],
    [
      'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role.',
      system,
    ],
    ["role 'system' is not supported on this model", system],
    [
      "This model does not support assistant message prefill. The conversation must end with a user message.",
      { prefill: false },
    ],
    ["`temperature` and `top_p` cannot both be specified for this model. Please use only one.", { oneSampler: true }],
    ['tool_choice: type "tool" and "any" are not supported for this model.', { forcedToolChoice: false }],
    [
      "tool_choice: type 'any' is not supported for this model. Supported types: auto, none.",
      { forcedToolChoice: false },
    ],
  ])("%s", (words, facts) => {
    const failure = anthropicMessages.failure.decode(400, {}, JSON.stringify({ error: { message: words } }));
    expect(failure.verdict).toBe("unsupported");
    expect(readRefusals(failure)).toMatchObject([{ kind: "facts", facts }]);
  });

  test.each<[words: string, told: object]>([
    [
      "This model does not support effort level 'xhigh'. Supported levels: high, low, max, medium.",
      field("output_config.effort", "xhigh"),
    ],
    ["'claude-sonnet-5' does not support the fallbacks parameter", field("fallbacks")],
    ["`temperature` is deprecated for this model.", field("temperature")],
    [
      "'claude-haiku-4-5' does not support tool types: computer_20251124, web_search_20260209. Did you mean one of bash_20250124?",
      { kind: "tools", types: ["computer_20251124", "web_search_20260209"] },
    ],
    [
      "tools.1: Input tag 'web_search_20260318' found using 'type' does not match any of the expected tags: 'bash_20250124', 'custom'",
      { kind: "tools", types: ["web_search_20260318"] },
    ],
    ["Hosted tool 'web_search' is not supported with gpt-4.1-nano.", { kind: "tools", types: ["web_search"] }],
    ["Tool 'tool_search' is not supported with gpt-5-chat-latest.", { kind: "tools", types: ["tool_search"] }],
    ["Tool 'custom' is not supported with gpt-4o.", { kind: "tools", types: ["custom"] }],
    ["Encrypted content is not supported with this model.", field("include.*", "reasoning.encrypted_content")],
    ["invalid beta flag", { kind: "header", header: "*-beta", values: null }],
    ["messages.1.role: Input should be 'user' or 'assistant'", { kind: "facts", facts: { laterSystem: false } }],
    ["This model does not support stage_light.", field("stage_light")],
    [
      "Unexpected value(s) `a-2026-01-01`, `b-2026-01-01` for the `anthropic-beta` header. Please consult our documentation at platform.claude.com/docs or try again without the header.",
      { kind: "header", header: "anthropic-beta", values: ["a-2026-01-01", "b-2026-01-01"] },
    ],
    [
      "The long context beta is not yet available for this subscription.",
      { kind: "header", header: null, values: ["context-1m-2025-08-07"] },
    ],
  ])("%s", (words, told) => {
    const failure = anthropicMessages.failure.decode(400, {}, JSON.stringify({ error: { message: words } }));
    expect(failure.verdict).toBe("unsupported");
    expect(readRefusals(failure)).toEqual([told]);
  });

  test.each([
    "`clear_thinking_20251015` strategy requires `thinking` to be enabled or adaptive",
    "output_config.effort 'xhigh' is not supported when thinking is disabled on this model. Use effort 'high' or below, or enable thinking.",
    "`max_tokens` must be greater than `thinking.budget_tokens`.",
    "messages.0: use the top-level 'system' parameter for the initial system prompt",
  ])("a condition teaches nothing: %s", (words) => {
    expect(refusal("bad_request", words)).toEqual([]);
    expect(refusal("unsupported", words)).toEqual([]);
  });
});

describe("the order of messages", () => {
  test.each([
    ["System message must be at the beginning.", { systemMessages: "one" }],
    ["Jinja Exception: System message must be at the beginning.", { systemMessages: "one" }],
    [
      "The system message of deepseek-reasoner must be put on the beginning of the message sequence",
      { systemMessages: "one" },
    ],
    ["jinja template rendering failed. System message must be at the beginning.", { systemMessages: "one" }],
    ["Unexpected role 'system' after role 'assistant'", { systemMessages: "leading" }],
    ["Unexpected role 'user' after role 'tool'", { turnOrder: "assistant-after-tool" }],
    ["System role not supported", { systemMessages: "none" }],
    ["invalid params, chat content has invalid message role: system (2013)", { systemMessages: "none" }],
    ["This model only supports single tool-calls at once!", { singleCalls: true }],
    ["Only user and assistant roles are supported!", { systemMessages: "none" }],
    ["Only user, assistant and tool roles are supported, got system.", { systemMessages: "none" }],
    [
      "Only user and assistant roles are supported, with the exception of an initial optional system message!",
      { systemMessages: "one" },
    ],
    [
      "jinja template rendering failed. Only user and assistant roles are supported, with the exception of an initial optional system message!",
      { systemMessages: "one" },
    ],
    ["Conversation roles must alternate user/assistant/user/assistant/...", { turnOrder: "alternating" }],
    [
      "After the (optional) system message(s), user and assistant roles should be alternating.",
      { turnOrder: "alternating" },
    ],
    [
      "m does not support successive user or assistant messages (messages[5] and messages[6])",
      { turnOrder: "alternating" },
    ],
  ])("%s", (message, facts) => {
    expect(refusal("unsupported", message)).toEqual([{ kind: "facts", facts }]);
    expect(refusal("unsupported", `Provider returned error: ${message}`, { status: 500 })).toEqual([
      { kind: "facts", facts },
    ]);
  });

  test.each([
    "Only user and assistant roles are supported, got tool.",
    "Only user, system and assistant roles are supported!",
    "Unexpected role 'tool' after role 'user'",
    "Invalid 'messages': empty array.",
  ])("what is wrong with one request: %s", (message) => {
    expect(refusal("unsupported", message)).toEqual([]);
  });

  test("words of a caller's inside of a line teach nothing", () => {
    expect(refusal("bad_request", "Invalid value: 'Conversation roles must alternate'")).toEqual([]);
  });
});

describe("what a caller puts into a vendor's mouth teaches nothing", () => {
  const echoes: readonly ((words: string) => string)[] = [
    (words) => `Invalid value: '${words}'. Supported values are: 'text', 'image_url', 'input_audio'.`,
    (words) => `'${words}' is not one of ['system', 'assistant', 'user'] - 'messages.0.role'`,
    (words) => `messages.0.content.0: Input tag '${words}' found using 'type' does not match any of the expected tags`,
    (words) => `Invalid value at 'tool_config.mode' (type.example/Mode), "${words}"`,
  ];
  const spoken = [
    "tools' is not supported by this model",
    "tools' is not supported by this model.",
    "does not support image inputs",
    "x' does not support image input",
    'x" does not support tools.',
    "x: unknown field `tools`, expected ",
    "this model does not support tools",
    "tools' is not supported by this model\n",
    "Unknown parameter: 'temperature'.\n",
    "messages.0' : property 'name' is unsupported\n",
    "Function calling is not enabled",
    "'m' does not support the temperature parameter\n",
  ].map((words) => words.replace("\\n", "\n"));

  test.each(spoken)("%j", (words) => {
    for (const echo of echoes) {
      expect(refusal("bad_request", echo(words))).toEqual([]);
      expect(refusal("bad_request", `Provider returned error: ${echo(words)}`)).toEqual([]);
    }
  });
});

describe("fields", () => {
  test("where the words name a value alone, the error's parameter is the member", () => {
    const message = "Unsupported value: 'low' is not supported with the 'o3' model. Supported values are: 'medium'.";
    expect(refusal("unsupported", message, { param: "text.verbosity" })).toEqual([field("text.verbosity", "low")]);
    expect(refusal("unsupported", message)).toEqual([]);
  });

  test.each([
    ["Unsupported parameter: 'temperature' is not supported with this model.", field("temperature")],
    [
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      field("max_tokens"),
    ],
    [
      "Unsupported value: 'temperature' does not support 0.3 with this model. Only the default (1) value is supported.",
      field("temperature"),
    ],
    [
      "Unsupported value: 'reasoning_effort' does not support 'minimal' with this model. Supported values are: low.",
      field("reasoning_effort", "minimal"),
    ],
    ["`temperature` is deprecated for this model.", field("temperature")],
    ["top_k is not supported by this model", field("top_k")],
    ["This model does not support the `verbosity` parameter.", field("verbosity")],
    ["Logprobs is not supported for the current model.", field("logprobs")],
    ["Penalty is not enabled for models/gemini-2.5-flash", field("presence_penalty")],
    ["Multiple candidates is not enabled for this model", field("n")],
    ["Function calling is not enabled for models/gemma-3", field("tools")],
    ["Image input modality is not enabled for models/gemma-3", field("image")],
    ["some/model does not support image input", field("image")],
    ["registry.example/llama does not support tools", field("tools")],
    ["This model is compatible only with 24h extended prompt caching", field("prompt_cache_retention")],
    ["prompt_cache_retention is not supported on this model", field("prompt_cache_retention")],
    ["'claude-opus-4-7' does not support the `speed` parameter.", field("speed")],
    ["Unsupported service_tier: flex", field("service_tier", "flex")],
    ["Thinking level is not supported for this model.", field("generationConfig.thinkingConfig.thinkingLevel")],
    [
      "Thinking level MINIMAL is not supported for this model. Please retry with other thinking level.",
      field("generationConfig.thinkingConfig.thinkingLevel"),
    ],
    [
      "Thinking budget is not supported for this model. Please use thinking level.",
      field("generationConfig.thinkingConfig.thinkingBudget"),
    ],
    [
      "Budget 0 is invalid. This model only works in thinking mode.",
      field("generationConfig.thinkingConfig.thinkingBudget", "0"),
    ],
    ["Thinking is not supported for this model.", field("generationConfig.thinkingConfig")],
  ])("%s", (message, told) => {
    expect(refusal("unsupported", message)).toEqual([told]);
  });

  test.each<[words: string, facts: object]>([
    ["Tool use with function calling is unsupported", { jsonWithTools: false }],
    [
      "Please enable tool_config.include_server_side_tool_invocations to use Built-in tools with Function calling.",
      { jsonWithTools: true },
    ],
    ["Tool use with a response mime type: 'application/json' is unsupported", { jsonWithTools: false }],
    ["Function calling with a response mime type: 'application/json' is unsupported", { jsonWithTools: false }],
    [
      "Unable to submit request because `function_response.parts` is not supported for this model. Learn more: https://x",
      { mediaInResults: false },
    ],
  ])("what an older Gemini does not take at once: %s", (message, facts) => {
    expect(refusal("bad_request", message)).toEqual([{ kind: "facts", facts }]);
  });

  test.each([
    [
      "max_tokens is too large: 200000. This model supports at most 16384 completion tokens, whereas you provided 200000.",
      16_384,
    ],
    [
      "max_tokens: 128000 > 64000, which is the maximum allowed number of output tokens for claude-sonnet-4-5-20250929",
      64_000,
    ],
    [
      "`max_tokens` must be less than or equal to `32768`, the maximum value for `max_tokens` is less than the `context_window` for this model",
      32_768,
    ],
    ["Invalid max_tokens value, the valid range of max_tokens is [1, 8192]", 8_192],
    ["<400> InternalError.Algo.InvalidParameter: Range of max_tokens should be [1, 8192]", 8_192],
    [
      "Unable to submit request because it has a maxOutputTokens value of 70000 but the supported range is from 1 (inclusive) to 65537 (exclusive). Update the value and try again.",
      65_536,
    ],
  ])("the answer's limit: %s", (message, tokens) => {
    expect(decodeErrorAnswer(400, {}, JSON.stringify({ error: { message } })).verdict).toBe("unsupported");
    expect(refusal("unsupported", message)).toEqual([{ kind: "facts", facts: { outputTokens: tokens } }]);
  });

  test.each([
    ["Invalid content type. image_url is only supported by certain models.", [field("image")]],
    ["`Qwen/Qwen2-7B` is not a multimodal model", [field("image")]],
    [
      "Failed to deserialize the JSON body into the target type: messages[0]: unknown variant `image_url`, expected `text` at line 1 column 200",
      [field("image")],
    ],
    ['"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set', [field("tools")]],
    ["json mode cannot be combined with tool/function calling", [{ kind: "facts", facts: { jsonWithTools: false } }]],
    ["'messages.0.content' : value must be a string", [plainContent]],
    ["messages[0].content must be a string", [plainContent]],
    ['can only concatenate str (not "list") to str', [plainContent]],
    ['Error rendering prompt with jinja template: can only concatenate str (not "list") to str', [plainContent]],
    [
      "Failed to deserialize the JSON body into the target type: messages[0].content: invalid type: sequence, expected a string at line 1 column 50",
      [plainContent],
    ],
    ["messages[1].content: Input should be a valid string", [plainContent]],
    ["json: cannot unmarshal array into Go struct field ChatRequest.messages.content of type string", [plainContent]],
    ["This response_format type is unavailable now", []],
    ["This model requires that either input content or output modality contain audio.", []],
    ["The reasoning_content in the thinking mode must be passed back to the API.", []],
  ])("what another target may well do is no mistake of the caller's: %s", (message, told) => {
    const failure = decodeErrorAnswer(400, {}, JSON.stringify({ error: { message } }));
    expect(failure.verdict).toBe("unsupported");
    expect(readRefusals(failure)).toEqual(told);
  });

  test("the code alone, with its parameter", () => {
    const told = { code: "unsupported_parameter", param: "text.verbosity" };
    expect(refusal("unsupported", "No.", told)).toEqual([field("text.verbosity")]);
  });

  test.each([
    "Function tools with reasoning_effort are not supported for gpt-5.6 in /v1/chat/completions.",
    "`temperature` may only be set to 1 when thinking is enabled.",
    "Something is not supported.",
    "tools is not supported by this model when thinking is enabled.",
    "`temperature` is not supported with this model if top_p is set",
  ])("a condition is one request's affair: %s", (message) => {
    expect(refusal("unsupported", message)).toEqual([]);
  });

  test("only where the vendor refused the request", () => {
    const words = "Unsupported parameter: 'seed' is not supported with this model.";
    expect(refusal("unsupported", words, { status: null })).toEqual([]);
    expect(refusal("unsupported", words, { status: null, code: "400" })).toEqual([field("seed")]);
    expect(refusal("policy_blocked", words)).toEqual([]);
    expect(refusal("server_error", words, { status: 500 })).toEqual([]);
  });
});

describe("members that the vendor has never heard of", () => {
  const unknown = (path: string) => ({ ...field(path), isUnknown: true });

  test.each([
    ["Unknown parameter: 'safe_prompt'.", "safe_prompt"],
    ["Unknown parameter: 'messages[0].content[1].cache_control'.", "messages.*.content.*.cache_control"],
    ["Unknown parameter: 'context_length_exceeded_behavior'.", "context_length_exceeded_behavior"],
    ["Unrecognized request argument supplied: guided_json", "guided_json"],
    ["Additional properties are not allowed ('foo' was unexpected) - 'messages.0'", "messages.*.foo"],
    ["Additional properties are not allowed ('foo' was unexpected)", "foo"],
    [
      "messages.0.content.0.text.cache_control: Extra inputs are not permitted",
      "messages.*.content.*.text.cache_control",
    ],
    ["messages.1.content.1.tool_use.index: Additional input is not allowed", "messages.*.content.*.tool_use.index"],
    ["body.safe_prompt: extra fields not permitted", "safe_prompt"],
    ["Extra inputs are not permitted, field: 'messages[2].reasoning', value: 'so ...'", "messages.*.reasoning"],
    [
      `Invalid JSON payload received. Unknown name "topQ" at 'generation_config': Cannot find field.`,
      "generation_config.topQ",
    ],
    [`Invalid JSON payload received. Unknown name "foo": Cannot find field.`, "foo"],
    [
      "'messages.2' : for 'role:assistant' the following must be satisfied[('messages.2' : property 'reasoning_content' is unsupported)]",
      "messages.*.reasoning_content",
    ],
    [
      "'messages.2' : for 'role:assistant' the following must be satisfied[('messages.2' : property 'reasoning' is unsupported, did you mean 'role'?)]",
      "messages.*.reasoning",
    ],
    ["property 'store' is unsupported", "store"],
    ["body.store: property 'body.store' is unsupported", "store"],
    [
      "[{'type': 'extra_forbidden', 'loc': ('body', 'safe_prompt'), 'msg': 'Extra inputs are not permitted', 'input': False}]",
      "safe_prompt",
    ],
    [
      "1 validation error:\n  {'type': 'extra_forbidden', 'loc': ('body', 'messages', 0, 'name'), 'msg': 'Extra inputs are not permitted'}",
      "messages.*.name",
    ],
    ["Failed to deserialize the JSON body: unknown field `plugins`, expected one of `model`, `messages`", "plugins"],
    ["Provider returned error: Unknown parameter: 'route'.", "route"],
  ])("%s", (message, path) => {
    expect(refusal("unsupported", message)).toEqual([unknown(path)]);
    expect(isAboutUnknown(null, message)).toBe(true);
  });

  test("several at once", () => {
    expect(refusal("unsupported", "Unrecognized request arguments supplied: messages, tools")).toEqual([
      unknown("messages"),
      unknown("tools"),
    ]);
    const lines = ["store", "thinking"]
      .map((name) => `body.${name}: property 'body.${name}' is unsupported`)
      .join("\n");
    expect(refusal("unsupported", lines)).toEqual([unknown("store"), unknown("thinking")]);
  });

  test("the code and its parameter come before the words, and what the body holds apart before both", () => {
    const told = { code: "unknown_parameter", param: "messages[0].foo" };
    expect(refusal("unsupported", "No.", told)).toEqual([unknown("messages.*.foo")]);
    expect(refusal("unsupported", "No.", { ...told, members: ["a.b", "c"] })).toEqual([unknown("a.b"), unknown("c")]);
    expect(isAboutUnknown("unknown_parameter", "No.")).toBe(true);
  });

  test.each([
    "Unknown parameter: 'a'. Unknown parameter: 'temperature'.",
    "Unknown parameter: 'a'.\nUnknown parameter: 'temperature'.'.",
    "body.a; body.temperature: Extra inputs are not permitted",
    `Invalid JSON payload received. Unknown name "temperature" at 'generation_config': Cannot find field." : Cannot find field.`,
    `a\nbody.temperature: property 'a\nbody.temperature' is unsupported`,
    "Unrecognized request argument supplied: a b, temperature",
  ])("a name cannot put another one into the vendor's mouth: %j", (message) => {
    expect(refusal("unsupported", message).filter((one) => JSON.stringify(one).includes("temperature"))).toEqual([]);
    expect(refusal("unsupported", "No.", { code: "unknown_parameter", param: "a'. temperature" })).toEqual([]);
  });

  test("findings that are told one by one", () => {
    const finding = (name: string) =>
      `Invalid JSON payload received. Unknown name "${name}" at 'contents[0]': Cannot find field.`;
    expect(unknownMembers([finding("a"), "other words", finding("b")])).toEqual(["contents.*.a", "contents.*.b"]);
  });
});

test("a validator's findings are read from the error's body, whatever its shape", () => {
  const finding = (...loc: (string | number)[]) => ({
    type: "extra_forbidden",
    loc,
    msg: "Extra inputs are not permitted",
  });
  const missing = { type: "missing", loc: ["body", "model"], msg: "Field required" };
  const list = [finding("body", "safe_prompt"), missing, finding("body", "messages", 0, "user", "name")];
  const shapes: Json[] = [
    { detail: list },
    { object: "error", message: { detail: list }, type: "invalid_request_error", param: null, code: null },
    { object: "error", message: list, code: 3001 },
    { object: "error", message: JSON.stringify({ detail: list }), type: "internal_error_proxy", code: "1000" },
    { error: { message: "Unprocessable", detail: list } },
  ];
  for (const shape of shapes) {
    const failure = decodeErrorAnswer(422, {}, JSON.stringify(shape));
    expect(failure).toMatchObject({ verdict: "unsupported", members: ["safe_prompt", "messages.*.name"] });
  }
  const odd = decodeErrorAnswer(422, {}, JSON.stringify({ detail: [finding("body", "a; body.temperature")] }));
  expect(readRefusals(odd)).toEqual([]);
});
