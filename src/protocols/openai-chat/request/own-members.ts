// The members of a Chat Completions request by OpenAI's own description, at each depth. OpenAI refuses everything else,
// and hosts and gateways have added much, so a request written for one of them is checked against this table before it
// goes to OpenAI. It also has the allowed strings if hosts have others. A test compares it with the published
// description, which is sometimes newer. Source: CreateChatCompletionRequest in
// https://github.com/openai/openai-openapi
import type { MemberTable, Shape } from "../../../core/member-shape.ts";
import { kindsBy, memberTable, oneOf, orWords, shape } from "../../../domain/member-table.ts";

const marked = { prompt_cache_breakpoint: shape("mode") };
/** `Invalid type for 'messages[0].content[0].image_url': expected an object, but got a string instead.` (openai-php/client#249) */
const object = (names: string, below = {}): Shape => orWords("", shape(names, below));
const parts: Shape = kindsBy(
  "type",
  {
    text: shape("type text", marked),
    image_url: shape("type", { ...marked, image_url: object("url", { detail: oneOf("auto low high original") }) }),
    input_audio: shape("type", { ...marked, input_audio: object("data format") }),
    file: shape("type", { ...marked, file: object("filename file_data file_id") }),
    refusal: shape("type refusal"),
  },
  true,
);
const calls: Shape = kindsBy("type", {
  // `index`: calls may come back as they were streamed; seen in recorded traffic, though not described.
  // `parsed_arguments`: OpenAI's own SDK adds it to the calls of a stream and sends it back (`ChatCompletionStream`).
  function: shape("id type index", { function: shape("name arguments parsed_arguments") }),
  custom: shape("id type", { custom: shape("name input") }),
});
const plainMessage = shape("role name", { content: parts });
const messages: Shape = kindsBy("role", {
  system: plainMessage,
  developer: plainMessage,
  user: plainMessage,
  // `annotations`: an answer may come back with them, which the description does not say. `parsed`: from OpenAI's SDK.
  assistant: shape("role name refusal annotations parsed", {
    content: parts,
    audio: shape("id"),
    function_call: shape("name arguments"),
    tool_calls: calls,
  }),
  // `name`: from the time before calls had ids; still accepted.
  tool: shape("role name tool_call_id", { content: parts }),
  function: shape("role name content"),
});
const tools: Shape = kindsBy("type", {
  // `name`: from Responses; recorded traffic shows that it is ignored.
  function: shape("type name", { function: shape("name description parameters strict") }),
  custom: shape("type", { custom: shape("name description format") }),
});

const chosen = shape("name");
const choice = kindsBy(
  "type",
  {
    function: shape("type", { function: chosen }),
    custom: shape("type", { custom: chosen }),
    // Any member may name a tool there: `additionalProperties: true`.
    allowed_tools: shape("type", { allowed_tools: shape("mode tools") }),
  },
  true,
);

const ownShape: Shape = shape(
  [
    "model frequency_penalty logit_bias logprobs max_completion_tokens max_tokens metadata moderation n",
    "parallel_tool_calls presence_penalty prompt_cache_key prompt_cache_options prompt_cache_retention safety_identifier",
    "seed stop store stream temperature top_logprobs top_p user",
  ].join(" "),
  {
    messages,
    tools,
    functions: shape("name description parameters"),
    function_call: orWords("none auto", chosen),
    tool_choice: orWords("none auto required", choice),
    reasoning_effort: oneOf("none minimal low medium high xhigh max"),
    service_tier: oneOf("auto default flex scale priority"),
    verbosity: oneOf("low medium high"),
    modalities: oneOf("text audio"),
    response_format: kindsBy(
      "type",
      {
        text: shape("type"),
        json_object: shape("type"),
        json_schema: shape("type", { json_schema: shape("name description schema strict") }),
      },
      true,
    ),
    stream_options: shape("include_usage include_obfuscation"),
    prediction: shape("type", { content: parts }),
    audio: shape("format voice"),
    web_search_options: shape("search_context_size user_location"),
  },
);

export const ownMembers: MemberTable = memberTable(ownShape);
