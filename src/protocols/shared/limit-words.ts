// How vendors and hosts word that an answer may not be as long as was asked for, as further rows of the table of refusals. The
// number is the model's own limit, whoever asks; what is said of one request alone (beside its prompt, with its budget for
// thoughts) has no row here. Sources: the vendors' answers as clients report them, and the simulator, which gives the same.
import type { RefusalWords } from "./refusal-words.ts";

export const limitWords: readonly RefusalWords[] = [
  // in the order: OpenAI; Claude; Groq; DeepSeek and Qwen's service; Gemini
  {
    words:
      /^(?:max_tokens|max_completion_tokens|max_output_tokens) is too large: \d+\. this model supports at most (?<value>\d+) completion tokens\b/iu,
    tells: "limit",
  },
  {
    words: /^max_tokens: \d+ > (?<value>\d+), which is the maximum allowed number of output tokens for\b/iu,
    tells: "limit",
  },
  {
    words: /^`?(?:max_tokens|max_completion_tokens)`? must be less than or equal to `?(?<value>\d+)\b/iu,
    tells: "limit",
  },
  {
    words:
      /^(?:invalid max_tokens value, the valid range of max_tokens is|(?:<\d+> )?(?:[\w.]+: )?range of max_tokens should be) \[1, (?<value>\d+)\]/iu,
    tells: "limit",
  },
  {
    words:
      /^unable to submit request because it has a maxOutputTokens value of \d+ but the supported range is from 1 \(inclusive\) to (?<over>\d+) \(exclusive\)/iu,
    tells: "limit",
  },
];
