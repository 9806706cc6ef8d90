// Which codec reads which kind of recorded traffic. Not a test.
import type { Protocol, TargetProtocol } from "../../src/core/protocol.ts";
import { anthropicMessages } from "../../src/protocols/anthropic-messages/protocol.ts";
import { bedrockConverse } from "../../src/protocols/bedrock-converse/protocol.ts";
import { geminiGenerate } from "../../src/protocols/gemini-generate/protocol.ts";
import { openaiCompletions } from "../../src/protocols/openai-chat/completions/protocol.ts";
import { openaiChat } from "../../src/protocols/openai-chat/protocol.ts";
import { openaiResponses } from "../../src/protocols/openai-responses/protocol.ts";

export const protocolsByApi: Readonly<Record<string, Protocol>> = {
  "openai-chat": openaiChat,
  "gemini-openai-compat": openaiChat,
  "openai-completions": openaiCompletions,
  "openai-responses": openaiResponses,
  "gemini-generate": geminiGenerate,
  "gemini-stream": geminiGenerate,
  "anthropic-messages": anthropicMessages,
  "bedrock-invoke": anthropicMessages,
};

/** And those of which there are answers only: no client of the gateway speaks them. */
export const answersByApi: Readonly<Record<string, TargetProtocol>> = {
  ...protocolsByApi,
  "bedrock-converse": bedrockConverse,
  "bedrock-converse-stream": bedrockConverse,
};

/** The four that conversations are held in. */
export type Four = "openai-chat" | "openai-responses" | "anthropic-messages" | "gemini-generate";

export const fourProtocols: Readonly<Record<Four, Protocol>> = {
  "openai-chat": openaiChat,
  "openai-responses": openaiResponses,
  "anthropic-messages": anthropicMessages,
  "gemini-generate": geminiGenerate,
};
export const four = Object.keys(fourProtocols) as readonly Four[];
