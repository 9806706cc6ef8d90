// A token count in neutral form.
import type { ChatRequest } from "./chat.ts";

export interface CountRequest {
  /** The conversation to count. */
  readonly chat: ChatRequest;
}

export interface CountResult {
  readonly tokens: number;
  /** See `OperationResult`: no vendor names a model here. */
  readonly model: "";
  /** A count costs nothing. */
  readonly usage: null;
}
