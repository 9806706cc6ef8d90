// How hosts of open models report a history that their chat templates cannot render: the order of messages, or content
// that is not text. These are further rows of the refusal table; they yield facts, with which the history is encoded
// again.
import type { RefusalWords } from "./refusal-words.ts";

export const historyWords: readonly RefusalWords[] = [
  // The order of messages, as raised by templates of open models and passed on by servers (vLLM, Ollama, llama.cpp):
  // Qwen (vllm-project/vllm#41114), DeepSeek's older message (aandrew-me/tgpt#357).
  {
    words:
      /^(?:jinja exception: |jinja template rendering failed\. )?(?:the )?system message(?: of [\w.-]{1,60})? must be (?:put )?(?:at|on) the beginning/iu,
    tells: { facts: { systemMessages: "one" } },
  },
  // Mistral
  { words: /^unexpected role 'system' after role '\w+'/iu, tells: { facts: { systemMessages: "leading" } } },
  { words: /^unexpected role 'user' after role 'tool'/iu, tells: { facts: { turnOrder: "assistant-after-tool" } } },
  // Gemma's first templates, MiniMax (MiniMax-AI/MiniMax-M2.7#43)
  {
    words: /^system role not supported|^invalid params, chat content has invalid message role: system/iu,
    tells: { facts: { systemMessages: "none" } },
  },
  // Mistral: its newer templates take a first system message, and these words mean a later one
  {
    words:
      /^(?:jinja exception: |jinja template rendering failed\. )?only user and assistant roles are supported, with the exception of an initial optional system message\b/iu,
    tells: { facts: { systemMessages: "one" } },
  },
  // A target that is not known to take more gets a first one alone: if it refuses that, it takes none.
  {
    words:
      /^(?:jinja exception: |jinja template rendering failed\. )?only user(?: and assistant|, assistant,? and tool) roles are supported(?:, got system)?[!.]?$/iu,
    tells: { facts: { systemMessages: "none" } },
  },
  // the templates of Gemma, Llama 2 and Mistral (vllm-project/vllm#6862), Perplexity (perplexityai/api-discussion#265)
  {
    words:
      /^(?:jinja exception: |jinja template rendering failed\. )?(?:after the \(?optional\)? system message(?:\(s\))?, )?(?:conversation|user and assistant) roles (?:must|should) (?:be )?alternat/iu,
    tells: { facts: { turnOrder: "alternating" } },
  },
  {
    words: /^[\w./:-]{1,60} does not support successive user or assistant messages/iu,
    tells: { facts: { turnOrder: "alternating" } },
  },
  // Llama 3.1
  {
    words:
      /^(?:jinja exception: |jinja template rendering failed\. )?this model only supports single tool-calls at once\b/iu,
    tells: { facts: { singleCalls: true } },
  },
  // Messages whose content is a list of parts or null, at hosts that take only text: templates that join texts, hosts
  // written in Rust, Groq, Pydantic, Go.
  {
    words:
      /^can only concatenate str \(not "list"\) to str|^(?:failed to deserialize the json body into the target type: )?(?:messages\[\d+\](?:\.content)?: )?invalid type: (?:sequence|null), expected a string\b|^'?messages(?:\.\d+|\[\d+\])\.content'?:? ?:? (?:value )?must be a string\.?$|^(?:body\.)?messages(?:\.\d+|\[\d+\])\.(?:\w+\.)?content(?:\.str)?: input should be a valid string\b|^json: cannot unmarshal array into go struct field [\w.]{1,80}\.content of type string\b/iu,
    tells: { facts: { plainContent: true } },
  },
];
