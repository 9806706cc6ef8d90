// The neutral conversation: every protocol is decoded into it and encoded from it. It holds what the protocols share. A
// field of one protocol only travels beside it, tagged with its origin; other protocols drop and report it.
import type { SearchStep, TextFallback } from "./search-step.ts";
import type { Json, JsonObject } from "./json.ts";
import type { Usage } from "./usage.ts";

export type { Usage } from "./usage.ts";

/** The wire formats. Each has a folder under `protocols/`; the older completions are in that of chat. */
export type ProtocolName =
  | ("openai-chat" | "openai-completions" | "openai-responses" | "anthropic-messages" | "gemini-generate")
  | ("bedrock-converse" | OperationsProtocolName);
/** Those without conversations: clients and targets speak them for operations. */
export type OperationsProtocolName = "cohere-v2";
/** Those in which clients have conversations, too. */
export type ClientProtocolName = Exclude<ProtocolName, "bedrock-converse" | OperationsProtocolName>;

/** Opaque vendor state (a thought signature, a thinking block's signature). It is sent back only to its origin. */
export interface VendorState {
  readonly protocol: ProtocolName;
  /** As received, byte for byte. */
  readonly value: Json;
}

/** In requests: a member that the caller's protocol does not allow there. `path` leads to it from the part's object. */
export interface Stray {
  readonly path: readonly (string | number)[];
  readonly value: Json;
}

/** In requests: cache the prompt up to here. The members of the caller's cache mark, by their wire names. */
export type CacheMarks = JsonObject;

/** The source of a range of an answer; an empty range at 0 means the whole answer. */
export interface Citation {
  readonly url: string;
  readonly title: string | null;
  /** A quotation from the page, if the vendor gives it. */
  readonly quote: string | null;
  /** Offset in Unicode code points in the joined texts of the choice; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
}

export interface TextPart {
  readonly type: "text";
  readonly text: string;
  readonly textFallback?: TextFallback | undefined;
  /** It does not continue the text before it. `added`: offsets of citations do not count it. */
  readonly apart?: true | "added" | undefined;
  /** In answers. The state contains the protocol's own form of them as well. */
  readonly citations?: readonly Citation[] | undefined;
  readonly marks?: CacheMarks | undefined;
  readonly state?: VendorState | undefined;
  readonly strays?: readonly Stray[] | undefined;
}
export interface ImagePart {
  readonly type: "image";
  readonly source: MediaSource;
  /** `low`, `high`, `auto`, `original`, if the caller set it. */
  readonly detail: string | null;
  readonly marks?: CacheMarks | undefined;
  readonly state?: VendorState | undefined;
  readonly strays?: readonly Stray[] | undefined;
}
/** A document (PDF, text), an audio or a video clip; see `mediaType`. */
export interface FilePart {
  readonly type: "file";
  readonly source: MediaSource;
  readonly filename: string | null;
  /** The caller's description of it for the model. */
  readonly context?: string | undefined;
  readonly marks?: CacheMarks | undefined;
  readonly state?: VendorState | undefined;
  readonly strays?: readonly Stray[] | undefined;
}
export interface ToolCallPart {
  readonly type: "tool-call";
  readonly id: string;
  readonly name: string;
  /** The arguments as JSON text, unchanged; may be broken JSON. Empty if there were none. */
  readonly arguments: string;
  readonly marks?: CacheMarks | undefined;
  readonly state?: VendorState | undefined;
  /** In requests: the caller's own form of the call, if it was not a function call. It goes back unchanged. */
  readonly form?: VendorState | undefined;
  readonly strays?: readonly Stray[] | undefined;
}
export interface ToolResultPart {
  readonly type: "tool-result";
  /** The id of the answered call. */
  readonly id: string;
  /** The tool's name, if the protocol has it. */
  readonly name: string | null;
  readonly parts: readonly (ContentPart | ForeignPart)[];
  readonly isError: boolean;
  readonly marks?: CacheMarks | undefined;
  readonly state?: VendorState | undefined;
  readonly strays?: readonly Stray[] | undefined;
}
export interface ReasoningPart {
  readonly type: "reasoning";
  readonly text: string;
  readonly state?: VendorState | undefined;
  /** In requests: the caller's own form of it, if another protocol's vendor sealed it. It goes back unchanged. */
  readonly form?: VendorState | undefined;
  readonly strays?: readonly Stray[] | undefined;
}
export interface RefusalPart {
  readonly type: "refusal";
  readonly text: string;
  readonly strays?: readonly Stray[] | undefined;
}
/** The parts that every protocol can put in a message. */
export type ContentPart = TextPart | ImagePart | FilePart;
/** A part that exists only in its own protocol (a server-side tool result, for example). */
export interface ForeignPart {
  readonly type: "foreign";
  /** The parts for other protocols. Absent: there is no replacement. Empty: it has no content. */
  readonly instead?: readonly ContentPart[] | undefined;
  /** Paths of what other protocols cannot get. Absent: nothing that matters to them. */
  readonly lostPlaces?: readonly string[] | undefined;
  readonly textFallback?: TextFallback | undefined;
  /** The citations in it that other protocols can express. */
  readonly citations?: readonly Citation[] | undefined;
  readonly search?: SearchStep | undefined;
  /** In answers: it is about the answer as a whole, not a block between its texts. */
  readonly isAside?: true | undefined;
  readonly state: VendorState;
}
export type Part =
  | TextPart
  | ImagePart
  | FilePart
  | ToolCallPart
  | ToolResultPart
  | ReasoningPart
  | RefusalPart
  | ForeignPart;

/** `place`: the path of a vendor's file id in the request. */
export type MediaSource =
  | { readonly kind: "data"; readonly mediaType: string; readonly data: string }
  | { readonly kind: "url"; readonly url: string; readonly mediaType: string | null }
  | {
      readonly kind: "file-id";
      readonly id: string;
      readonly protocol: ProtocolName;
      readonly mediaType?: string | null | undefined;
      readonly place?: string | undefined;
    };

/** One turn. Several `tool` messages answer one assistant turn. `developer` is not `system` if the caller separates them. */
export interface Message {
  readonly role: "system" | "developer" | "user" | "assistant" | "tool";
  readonly parts: readonly Part[];
  /** The participant's name, if set. */
  readonly name: string | null;
  /** Further fields of its own protocol. */
  readonly state?: VendorState | undefined;
  readonly strays?: readonly Stray[] | undefined;
}

export interface Tool {
  readonly name: string;
  readonly description: string | null;
  /** JSON Schema of the arguments; null for a tool without arguments. */
  readonly parameters: JsonObject | null;
  readonly strict: boolean | null;
  readonly marks?: CacheMarks | undefined;
  /** The tool takes free text, here the argument `input`; `format`: its grammar, null for any. Absent: a function. */
  readonly freeText?: { readonly format: JsonObject | null } | undefined;
  /** On the first tool of a group: the group's description. */
  readonly group?: string | undefined;
  /** Further fields of its own protocol. */
  readonly state?: VendorState | undefined;
  readonly strays?: readonly Stray[] | undefined;
}

export type ToolChoice =
  | { readonly kind: "auto" | "none" | "required" }
  | { readonly kind: "tool"; readonly name: string }
  /** The vendor's own web search. `name`: its name in the caller's protocol. */
  | { readonly kind: "search"; readonly name: string }
  | { readonly kind: "subset"; readonly mode: "auto" | "required"; readonly names: readonly string[] };

export type OutputFormat =
  | { readonly kind: "text" }
  | { readonly kind: "json" }
  | {
      readonly kind: "json_schema";
      readonly name: string;
      readonly description: string | null;
      readonly schema: JsonObject;
      readonly strict: boolean | null;
    };

export const efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;
/** How much the model shall reason. */
export type Effort = (typeof efforts)[number];

/** The caller's settings of reasoning; null members are not set. */
export interface Reasoning {
  readonly effort: Effort | null;
  /** The limit of reasoning tokens; -1 leaves it to the model. */
  readonly budget: number | null;
  /** Whether the caller wants to see the reasoning or its summary. */
  readonly visible: boolean | null;
}

/** Sampling parameters; null if the caller did not set them, so that the gateway never invents a default. */
export interface Sampling {
  readonly maxTokens: number | null;
  readonly temperature: number | null;
  readonly topP: number | null;
  readonly topK: number | null;
  readonly seed: number | null;
  /** The number of choices. */
  readonly n: number | null;
  readonly stop: readonly string[];
  readonly presencePenalty: number | null;
  readonly frequencyPenalty: number | null;
  readonly logprobs: boolean | null;
  readonly topLogprobs: number | null;
  readonly logitBias: JsonObject | null;
}

export interface ChatRequest {
  /** The caller's name of the model; the encoder gets the target's own name. */
  readonly model: string;
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice | null;
  /** The caller asked for the vendor's own web search, in its plain form; its options are in the extras. */
  readonly searches?: boolean | undefined;
  readonly parallelTools: boolean | null;
  readonly output: OutputFormat | null;
  readonly reasoning: Reasoning | null;
  readonly sampling: Sampling;
  readonly stream: boolean;
  /** The caller asked for usage in the stream. */
  readonly includeUsage: boolean;
  /** An opaque id of the end user. */
  readonly user: string | null;
  /** Fields without a member here, by their wire names: kept in the protocol, dropped and reported across. */
  readonly extras: { readonly protocol: ProtocolName; readonly fields: JsonObject };
  /** Fields of single hosts that `reasoning` and `output` express as well: a host that takes them gets them unchanged. */
  readonly hostWords?: JsonObject | undefined;
  /** The caller uses the older `functions` of the OpenAI protocol and expects `function_call` in the answer. */
  readonly legacyFunctions?: boolean | undefined;
  readonly strays?: readonly Stray[] | undefined;
}

export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter";

export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[] | null;
  readonly top: readonly Omit<TokenLogprob, "top">[];
}

export interface Choice {
  readonly index: number;
  /** text, reasoning, refusal, tool-call, image, foreign: in the vendor's order. */
  readonly parts: readonly Part[];
  /** Null if the vendor sent none: then the answer is incomplete. */
  readonly finish: FinishReason | null;
  /** The vendor's own finish reason. */
  readonly rawFinish: string | null;
  /** With `content_filter`: the model's own limit (a language, recitation) stopped it; another model may answer. */
  readonly elsewhere?: boolean | undefined;
  /** With `content_filter`: what the vendor's filter found, without any quote. */
  readonly explanation?: string | undefined;
  /** The stop string that ended it, if the vendor reports it. */
  readonly stopSequence: string | null;
  readonly logprobs: readonly TokenLogprob[] | null;
}

/** A whole answer. */
export interface ChatResponse {
  readonly id: string;
  /** The model that served, by the vendor's name. */
  readonly model: string;
  /** Seconds since the epoch; null if the protocol has no such field. */
  readonly created: number | null;
  readonly choices: readonly Choice[];
  readonly usage: Usage | null;
  /** Envelope fields that have no member here; kept within the protocol only. */
  readonly extras: { readonly protocol: ProtocolName; readonly fields: JsonObject };
}
