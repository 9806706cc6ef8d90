// How vendors and hosts report that the requested answer length is too large: further rows of the refusal table. The
// number is the model's own limit for every caller; limits of one request (beside its prompt, with its reasoning
// budget) have no row. Sources: the vendors' answers as clients report them, and the simulator, which sends the same.
import type { RefusalWords } from "./refusal-words.ts";

export const limitWords: readonly RefusalWords[] = [
  // In order: OpenAI; Claude; Groq; DeepSeek and Qwen's service; Gemini
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
