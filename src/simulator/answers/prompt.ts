// A request in the form that all dialects share, and the answer that the dialect then renders in its own format.

export interface PromptTool {
  readonly name: string;
  /** JSON Schema, or a vendor's dialect of it. */
  readonly schema: unknown;
  /** Takes text instead of an object (OpenAI's custom tools). */
  readonly isFreeForm?: boolean;
  /** Its namespace among OpenAI's tools, beside its name. */
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
  /** The model's name in an answer about itself. */
  readonly model: string;
  readonly systemText: string;
  /** The last message of the user. */
  readonly userText: string;
  /** The beginning of the answer, if the caller wrote it (prefill). */
  readonly prefill: string;
  /** The results of the last turn's tools; empty if the last turn is the user's. */
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
  /** The reasoning text in tokens, whether shown or not. */
  readonly thoughts: readonly string[];
  /** Tokens spent on reasoning; more than the shown ones if they are a summary. */
  readonly thinkingTokens: number;
  /** The text in tokens, which comes before the calls; empty if there are only calls. */
  readonly text: readonly string[];
  readonly calls: readonly ToolCall[];
  readonly finish: "stop" | "length" | "calls" | "stop-sequence";
  readonly stopSequence: string | undefined;
  /** Tokens of text and calls, without thinking. */
  readonly answerTokens: number;
}
