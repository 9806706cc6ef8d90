// A request as all dialects share it, and the answer that the dialect then renders in its own format.

export interface PromptTool {
  readonly name: string;
  /** JSON Schema, or a vendor's dialect of it. */
  readonly schema: unknown;
  /** Takes text instead of an object (OpenAI's custom tools). */
  readonly isFreeForm?: boolean;
  /** Where it stands among OpenAI's tools, beside its name. */
  readonly namespace?: string;
}

export interface ToolResult {
  readonly name: string;
  readonly text: string;
}

/** Which tools the answer may or must call. */
export type ToolMode =
  | { readonly kind: "auto" | "required" | "none" }
  | { readonly kind: "only"; readonly names: readonly string[] };

export type OutputWish =
  | { readonly kind: "text" }
  | { readonly kind: "json" }
  | { readonly kind: "schema"; readonly schema: unknown };

export interface Prompt {
  /** The name the answer gives when asked who it is. */
  readonly model: string;
  readonly systemText: string;
  /** The last message of the user. */
  readonly userText: string;
  /** The beginning of the answer, where the caller wrote it (prefill). */
  readonly prefill: string;
  /** The results of the tools that were called in the last turn; empty when the last turn is the user's. */
  readonly toolResults: readonly ToolResult[];
  readonly tools: readonly PromptTool[];
  readonly toolMode: ToolMode;
  readonly parallelCalls: boolean;
  readonly output: OutputWish;
  readonly maxTokens: number | undefined;
  readonly stop: readonly string[];
  /** Tokens of thinking before the answer; they count against `maxTokens`. */
  readonly thinkingTokens: number;
  /** The caller's seed, or the index of one of several choices. */
  readonly seed: number;
}

export interface ToolCall {
  readonly name: string;
  readonly input: Record<string, unknown>;
  /** The input of a tool that takes text; `input` is empty then. */
  readonly freeForm?: string;
  readonly namespace?: string;
}

export interface Answer {
  /** The thoughts in words, in tokens, whether shown or not. */
  readonly thoughts: readonly string[];
  /** Tokens spent on thinking; more than the shown words when they are a summary. */
  readonly thinkingTokens: number;
  /** The text in tokens, which comes before the calls; empty when only tools are called. */
  readonly text: readonly string[];
  readonly calls: readonly ToolCall[];
  readonly finish: "stop" | "length" | "calls" | "stop-sequence";
  readonly stopSequence: string | undefined;
  /** Tokens of text and calls, without thinking. */
  readonly answerTokens: number;
}
