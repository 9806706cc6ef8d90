// OpenAI-compatible hosts that publish their members: their models here, and each host's message about an unknown member.
// Some ignore unknown members in silence. Throws a Complaint.
import { asList, asRecord, recordsOf, show, type JsonRecord } from "../json-record.ts";
import { Complaint } from "./envelope.ts";

type StrictHost = "mistral" | "groq" | "cerebras" | "fireworks";
type LenientHost = "xai" | "together" | "deepseek" | "openrouter";
export type Host = StrictHost | LenientHost;

/** By names that only they use. */
const hosts: readonly (readonly [RegExp, Host])[] = [
  [/^(?:mistral|ministral|devstral|magistral|codestral)-[\w-]+-(?:latest|\d{4})$/u, "mistral"],
  [/^llama-[\w.-]+-(?:versatile|instant)$/u, "groq"],
  [/^(?:zai-glm|llama3\.1-8b)/u, "cerebras"],
  [/^accounts\/fireworks\//u, "fireworks"],
  [/^grok-/u, "xai"],
  [/^meta-llama\//u, "together"],
  [/^deepseek-(?:chat|flash|v4)/u, "deepseek"],
  [/^openrouter\//u, "openrouter"],
];

export function hostOf(model: string): Host | undefined {
  return hosts.find(([pattern]) => pattern.test(model))?.[1];
}

/** Members by place: at the top level, of a message by its role, of parts, calls and tools. */
interface Members {
  readonly top: string;
  readonly messageNames: string;
  readonly assistantNames: string;
  readonly result: string;
  readonly parts: Readonly<Record<string, string>>;
  readonly call: string;
  readonly streamOptions: string;
  readonly format: string;
  /** Absent: `type function`. */
  readonly tool?: string;
}

const usualParts = { text: "type text", image_url: "type image_url" };
const members: Readonly<Record<Host, Members>> = {
  // docs.mistral.ai/openapi.yaml
  mistral: {
    top: "model temperature top_p max_tokens stream stop random_seed metadata messages response_format tools tool_choice presence_penalty frequency_penalty n prediction parallel_tool_calls reasoning_effort prompt_mode guardrails prompt_cache_key service_tier safe_prompt stream_options",
    messageNames: "role content",
    assistantNames: "role content tool_calls prefix",
    result: "role content tool_call_id name",
    parts: {
      ...usualParts,
      document_url: "type document_url document_name",
      file: "type file_id",
      reference: "type reference_ids",
      thinking: "type thinking signature closed",
      input_audio: "type input_audio",
    },
    call: "id type function index",
    streamOptions: "",
    format: "type json_schema",
  },
  // console.groq.com/docs/openai, groq-python
  groq: {
    top: "messages model citation_options compound_custom disable_tool_validation documents exclude_domains frequency_penalty function_call functions include_domains include_reasoning max_completion_tokens max_tokens metadata n parallel_tool_calls presence_penalty reasoning_effort reasoning_format response_format search_settings seed service_tier stop store stream stream_options temperature tool_choice tools top_p user",
    messageNames: "role content",
    assistantNames: "role content function_call reasoning tool_calls",
    result: "role content tool_call_id",
    parts: usualParts,
    call: "id type function",
    streamOptions: "include_usage",
    format: "type json_schema",
  },
  // inference-docs.cerebras.ai, cerebras-cloud-sdk-python
  cerebras: {
    top: "model clear_thinking disable_reasoning logprobs max_completion_tokens max_tokens messages min_completion_tokens min_tokens n parallel_tool_calls prediction reasoning_effort reasoning_format response_format seed service_tier stop stream stream_options temperature tool_choice tools top_logprobs top_p user",
    messageNames: "role content name",
    assistantNames: "role content name reasoning tool_calls",
    result: "role content tool_call_id name",
    parts: { ...usualParts, image: "type image" },
    call: "id type function",
    streamOptions: "include_usage",
    format: "type json_schema",
  },
  // docs.fireworks.ai, fireworks-ai 1.x for Python
  fireworks: {
    top: "messages model context_length_exceeded_behavior echo echo_last frequency_penalty function_call functions ignore_eos logit_bias logprobs max_completion_tokens max_tokens metadata min_p mirostat_lr mirostat_target n parallel_tool_calls perf_metrics_in_response prediction presence_penalty prompt_cache_isolation_key prompt_cache_key prompt_truncate_len raw_output reasoning_effort reasoning_history repetition_penalty response_format return_token_ids safe_tokenization seed service_tier speculation stop stream stream_options temperature thinking tool_choice tools top_k top_logprobs top_p typical_p user",
    messageNames: "role content",
    assistantNames: "role content reasoning_content tool_calls",
    result: "role content tool_call_id",
    parts: { ...usualParts, video_url: "type video_url" },
    call: "id type function",
    streamOptions: "include_usage",
    format: "type grammar json_schema schema",
  },
  // docs.x.ai/developers/rest-api-reference/inference/chat-completions
  xai: {
    top: "messages model deferred frequency_penalty logit_bias logprobs max_completion_tokens max_tokens n parallel_tool_calls presence_penalty prompt_cache_key reasoning_effort response_format search_parameters seed service_tier stop stream stream_options temperature tool_choice tools top_logprobs top_p user web_search_options",
    messageNames: "role content name",
    assistantNames: "role content name reasoning_content tool_calls",
    result: "role content tool_call_id",
    parts: { ...usualParts, file: "type file" },
    call: "id type function index",
    streamOptions: "include_usage",
    format: "type json_schema",
  },
  // togethercomputer/openapi
  together: {
    top: "messages model chat_template_kwargs compliance context_length_exceeded_behavior echo frequency_penalty function_call functions logit_bias logprobs max_tokens min_p n presence_penalty reasoning reasoning_effort repetition_penalty response_format safety_model seed stop stream stream_options temperature tool_choice tools top_k top_logprobs top_p user",
    messageNames: "role content name",
    assistantNames: "role content name function_call reasoning reasoning_content tool_calls",
    result: "role content tool_call_id name",
    parts: { ...usualParts, video_url: "type video_url", audio_url: "type audio_url", input_audio: "type input_audio" },
    call: "id type function index",
    streamOptions: "include_usage",
    format: "type json_schema schema",
  },
  // api-docs.deepseek.com/api/create-chat-completion
  deepseek: {
    top: "messages model frequency_penalty logprobs max_tokens presence_penalty reasoning_effort response_format stop stream stream_options temperature thinking tool_choice tools top_logprobs top_p user_id",
    messageNames: "role content name",
    assistantNames: "role content name prefix reasoning_content tool_calls",
    result: "role content tool_call_id",
    parts: { ...usualParts, file: "type file" },
    call: "id type function index",
    streamOptions: "include_usage",
    format: "type",
  },
  // OpenRouterTeam/typescript-sdk, openrouter.ai/docs/api/reference
  openrouter: {
    top: "messages model cache_control debug frequency_penalty image_config include_reasoning logit_bias logprobs max_completion_tokens max_tokens metadata min_p modalities models parallel_tool_calls plugins prediction presence_penalty preset prompt_cache_key prompt_cache_options provider raw_mode reasoning reasoning_effort repetition_penalty response_format route safe_prompt seed service_tier session_id stop stop_server_tools_when stream stream_options structured_outputs temperature tool_choice tools top_a top_k top_logprobs top_p trace transforms usage user verbosity web_search_options",
    messageNames: "role content name",
    assistantNames:
      "role content name audio images model reasoning reasoning_content reasoning_details refusal annotations tool_calls",
    result: "role content tool_call_id name",
    parts: {
      text: "type text cache_control prompt_cache_breakpoint",
      image_url: "type image_url cache_control prompt_cache_breakpoint",
      file: "type file cache_control prompt_cache_breakpoint",
      input_audio: "type input_audio cache_control prompt_cache_breakpoint",
      video_url: "type video_url",
      input_video: "type video_url",
      refusal: "type refusal",
    },
    call: "id type function index",
    streamOptions: "include_usage",
    format: "type json_schema grammar",
    tool: "type function cache_control",
  },
};

interface Finding {
  readonly path: readonly (string | number)[];
  readonly name: string;
  /** The role of its message. */
  readonly role: string;
}

export function checkHost(body: JsonRecord, host: Host): void {
  if (host === "deepseek") checkDeepSeek(body);
  if (!isStrict(host)) return;
  const allFindings = [...findings(body, members[host])];
  if (allFindings.length > 0) throw complaints[host](allFindings);
}

function isStrict(host: Host): host is StrictHost {
  return host in complaints;
}

/** The members that the host's reference does not have, as paths: also those that it ignores in silence. */
export function unknownMembers(body: JsonRecord, host: Host): string[] {
  return [...findings(body, members[host])].map(({ path, name }) => [...path, name].join("."));
}

/** As in llm-exe/llm-exe#662 and SakanaAI/AI-Scientist#177. */
function checkDeepSeek(body: JsonRecord): void {
  const refuse = (message: string): never => {
    throw new Complaint({ message, code: "invalid_request_error" });
  };
  if (asRecord(body["response_format"])?.["type"] === "json_schema")
    refuse("This response_format type is unavailable now");
  if (body["n"] != null && body["n"] !== 1) refuse("Invalid n value (currently only n = 1 is supported)");
}

function* findings(body: JsonRecord, knownMembers: Members): Generator<Finding> {
  yield* strangersIn(body, knownMembers.top, { path: [], role: "" });
  for (const [index, message] of recordsOf(body["messages"]).entries()) {
    const spot: Spot = { path: ["messages", index], role: show(message["role"]) };
    const names =
      { assistant: knownMembers.assistantNames, tool: knownMembers.result }[spot.role] ?? knownMembers.messageNames;
    yield* strangersIn(message, names, spot);
    for (const [at, part] of (asList(message["content"]) ?? []).entries())
      yield* strangersIn(
        part,
        knownMembers.parts[show(asRecord(part)?.["type"])] ?? "type",
        within(spot, "content", at),
      );
    for (const [at, call] of recordsOf(message["tool_calls"]).entries()) {
      const place = within(spot, "tool_calls", at);
      yield* strangersIn(call, knownMembers.call, place);
      yield* strangersIn(call["function"], "name arguments", within(place, "function"));
    }
  }
  for (const [index, tool] of recordsOf(body["tools"]).entries()) {
    if (tool["type"] !== "function") continue;
    const place: Spot = { path: ["tools", index], role: "" };
    yield* strangersIn(tool, knownMembers.tool ?? "type function", place);
    yield* strangersIn(tool["function"], "name description parameters strict", within(place, "function"));
  }
  const others = {
    response_format: knownMembers.format,
    stream_options: knownMembers.streamOptions,
    tool_choice: "type function",
  };
  for (const [name, names] of Object.entries(others)) yield* strangersIn(body[name], names, { path: [name], role: "" });
}

type Spot = Omit<Finding, "name">;

function within({ path, role }: Spot, ...steps: readonly (string | number)[]): Spot {
  return { path: [...path, ...steps], role };
}

function* strangersIn(value: unknown, names: string, spot: Spot): Generator<Finding> {
  const allowedNames = names.split(" ");
  for (const name of Object.keys(asRecord(value) ?? {})) if (!allowedNames.includes(name)) yield { ...spot, name };
}

/** Hosts that check a message by its role have the role in its path. */
function withRole({ path, name, role }: Finding): readonly (string | number)[] {
  const steps = [...path, name];
  return steps[0] === "messages" ? [...steps.slice(0, 2), role, ...steps.slice(2)] : steps;
}

const complaints: Readonly<Record<StrictHost, (allFindings: readonly Finding[]) => Complaint>> = {
  // As in charmbracelet/crush#1590: all findings.
  mistral: (allFindings) => {
    const detail = allFindings.map((one) => ({
      type: "extra_forbidden",
      loc: ["body", ...withRole(one)],
      msg: "Extra inputs are not permitted",
      input: null,
    }));
    const whole = { object: "error", message: { detail }, type: "invalid_request_error", param: null, code: null };
    return new Complaint({ message: "", whole }, 422);
  },
  // As in run-llama/llama_index#14701: the first finding.
  groq: ([first]) => {
    const { path, name, role } = first!;
    const unsupported = `property '${name}' is unsupported`;
    const place = path.join(".");
    const inMessage = `'messages.${path[1]}' : for 'role:${role}' the following must be satisfied[('${place}' : ${unsupported})]`;
    const message =
      path[0] === "messages" ? inMessage : path.length === 0 ? unsupported : `'${place}' : ${unsupported}`;
    return new Complaint({ message, whole: { error: { message, type: "invalid_request_error" } } });
  },
  // As in Alishahryar1/free-claude-code#1136: all, a line each.
  cerebras: (allFindings) => {
    const lines = allFindings.map((one) => {
      const place = (one.path.length === 0 ? ["body", one.name] : withRole(one)).join(".");
      return `${place}: property '${place}' is unsupported`;
    });
    const message = lines.join("\n");
    const whole = { message, type: "invalid_request_error", param: "validation_error", code: "wrong_api_format" };
    return new Complaint({ message, whole });
  },
  // As in web-infra-dev/midscene#1322: the first finding.
  fireworks: ([first]) => {
    const { path, name } = first!;
    const place = [...path, name].reduce<string>(
      (at, step) => (typeof step === "number" ? `${at}[${step}]` : at === "" ? step : `${at}.${step}`),
      "",
    );
    const message = `Extra inputs are not permitted, field: '${place}'`;
    return new Complaint({ message, code: null });
  },
};
