// What a Chat Completions request holds by OpenAI's own description, at each depth. OpenAI refuses all else, and hosts and
// gateways of this protocol have added much, so what a client wrote for one of them is held against this table before it
// goes to OpenAI. A test compares it with the published description, which is newer now and then.
// Source: CreateChatCompletionRequest in https://github.com/openai/openai-openapi
import { kindsBy, shape, type Shape } from "../member-shape.ts";

const marked = { prompt_cache_breakpoint: shape("mode") };
const parts: Shape = kindsBy("type", {
  text: shape("type text", marked),
  image_url: shape("type", { ...marked, image_url: shape("url detail") }),
  input_audio: shape("type", { ...marked, input_audio: shape("data format") }),
  file: shape("type", { ...marked, file: shape("filename file_data file_id") }),
  refusal: shape("type refusal"),
});
const calls: Shape = kindsBy("type", {
  // `index`: calls may come back as they were streamed; seen in recorded traffic, though not described.
  function: shape("id type index", { function: shape("name arguments") }),
  custom: shape("id type", { custom: shape("name input") }),
});
const said = shape("role name", { content: parts });
const messages: Shape = kindsBy("role", {
  system: said,
  developer: said,
  user: said,
  // `annotations`: an answer may come back as it was given, which the description does not say.
  assistant: shape("role name refusal annotations", {
    content: parts,
    audio: shape("id"),
    function_call: shape("name arguments"),
    tool_calls: calls,
  }),
  // `name`: of the time before calls had ids; still taken.
  tool: shape("role name tool_call_id", { content: parts }),
  function: shape("role name content"),
});
const tools: Shape = kindsBy("type", {
  // `name`: as Responses has it; recorded traffic shows that it is passed by.
  function: shape("type name", { function: shape("name description parameters strict") }),
  custom: shape("type", { custom: shape("name description format") }),
});

export const ownMembers: Shape = shape(
  [
    "model frequency_penalty function_call logit_bias logprobs max_completion_tokens max_tokens metadata modalities",
    "moderation n parallel_tool_calls presence_penalty prompt_cache_key prompt_cache_options prompt_cache_retention",
    "reasoning_effort safety_identifier seed service_tier stop store stream temperature tool_choice top_logprobs top_p",
    "user verbosity",
  ].join(" "),
  {
    messages,
    tools,
    functions: shape("name description parameters"),
    response_format: shape("type", { json_schema: shape("name description schema strict") }),
    stream_options: shape("include_usage include_obfuscation"),
    prediction: shape("type", { content: parts }),
    audio: shape("format voice"),
    web_search_options: shape("search_context_size user_location"),
  },
);
