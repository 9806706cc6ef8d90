// The only list of protocols. A new protocol is a folder, a line here and its name in `ProtocolName`; the compiler
// checks that the two lists agree, and all other code reads the protocol itself.
import type { ClientProtocolName, ProtocolName } from "../core/chat.ts";
import type { Protocol, TargetProtocol } from "../core/protocol.ts";
import { anthropicMessages } from "./anthropic-messages/protocol.ts";
import { bedrockConverse } from "./bedrock-converse/protocol.ts";
import { geminiGenerate } from "./gemini-generate/protocol.ts";
import { openaiCompletions } from "./openai-chat/completions/protocol.ts";
import { openaiChat } from "./openai-chat/protocol.ts";
import { openaiResponses } from "./openai-responses/protocol.ts";

/** Those that clients speak. */
export const protocols: Readonly<Record<ClientProtocolName, Protocol>> = {
  "openai-chat": openaiChat,
  "openai-completions": openaiCompletions,
  "openai-responses": openaiResponses,
  "anthropic-messages": anthropicMessages,
  "gemini-generate": geminiGenerate,
};

/** Those that only targets speak. */
export const targetOnly: Readonly<Record<Exclude<ProtocolName, ClientProtocolName>, TargetProtocol>> = {
  "bedrock-converse": bedrockConverse,
};
