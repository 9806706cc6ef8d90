// The only list of protocols. A new protocol is a folder, a line here and its name in `ProtocolName`; the compiler
// checks that the two lists agree, and all other code reads the protocol itself.
import type { ClientProtocolName, OperationsProtocolName, ProtocolName } from "../core/chat.ts";
import type { Protocol, TargetProtocol } from "../core/protocol.ts";
import { anthropicMessages } from "./anthropic-messages/protocol.ts";
import { bedrockConverse } from "./bedrock-converse/protocol.ts";
import { cohereV2 } from "./cohere-v2/protocol.ts";
import { geminiGenerate } from "./gemini-generate/protocol.ts";
import { openaiCompletions } from "./openai-chat/completions/protocol.ts";
import { openaiChat } from "./openai-chat/protocol.ts";
import { openaiResponses } from "./openai-responses/protocol.ts";

/** Those in which clients have conversations. */
export const protocols: Readonly<Record<ClientProtocolName, Protocol>> = {
  "openai-chat": openaiChat,
  "openai-completions": openaiCompletions,
  "openai-responses": openaiResponses,
  "anthropic-messages": anthropicMessages,
  "gemini-generate": geminiGenerate,
};

/** Those that only targets speak. */
export const targetOnly: Readonly<
  Record<Exclude<ProtocolName, ClientProtocolName | OperationsProtocolName>, TargetProtocol>
> = {
  "bedrock-converse": bedrockConverse,
};

/** Those without conversations, for clients and targets: only operations. */
export const operationsOnly: Readonly<Record<OperationsProtocolName, Protocol>> = {
  "cohere-v2": cohereV2,
};
