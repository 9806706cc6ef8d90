// Which codec reads which kind of recorded traffic. Not a test.
import type { Protocol } from "../../src/core/protocol.ts";
import { anthropicMessages } from "../../src/protocols/anthropic-messages/protocol.ts";
import { geminiGenerate } from "../../src/protocols/gemini-generate/protocol.ts";
import { openaiChat } from "../../src/protocols/openai-chat/protocol.ts";

export const protocolsByApi: Readonly<Record<string, Protocol>> = {
  "openai-chat": openaiChat,
  "gemini-openai-compat": openaiChat,
  "gemini-generate": geminiGenerate,
  "gemini-stream": geminiGenerate,
  "anthropic-messages": anthropicMessages,
};
