// Estimates the tokens of a request from its size, for callers that ask when no vendor can count. It must never be
// presented as a vendor's count.
import type { ChatRequest, MediaSource, Part } from "../core/chat.ts";

/** Bytes of UTF-8 per token, close enough for all scripts. */
const BYTES = 4;
const PER_MESSAGE = 4;
const PER_IMAGE = 1_000;
/** The minimum for a file: a page of a document, or half a minute of audio. */
const LEAST_OF_FILE = 1_000;
const BYTES_OF_FILE = 40;

/** Rounded up; at least 1. */
export function estimateTokens({ messages, tools, output }: ChatRequest): number {
  let tokens = 0;
  for (const message of messages) {
    tokens += PER_MESSAGE;
    for (const part of message.parts) tokens += ofPart(part);
  }
  for (const tool of tools)
    tokens += PER_MESSAGE + ofText(JSON.stringify([tool.name, tool.description, tool.parameters]));
  if (output?.kind === "json_schema") tokens += ofText(JSON.stringify(output.schema));
  return Math.max(1, Math.ceil(tokens));
}

function ofPart(part: Part): number {
  switch (part.type) {
    case "text":
    case "reasoning":
    case "refusal":
      return ofText(part.text);
    case "image":
      return PER_IMAGE;
    case "file":
      return ofFile(part.source);
    case "tool-call":
      return PER_MESSAGE + ofText(part.name) + ofText(part.arguments);
    case "tool-result":
      return part.parts.reduce((sum, inner) => sum + ofPart(inner), PER_MESSAGE);
    case "foreign":
      return ofText(JSON.stringify(part.state.value));
  }
}

function ofText(text: string): number {
  return Buffer.byteLength(text) / BYTES;
}

function ofFile(source: MediaSource): number {
  return source.kind === "data" ? Math.max(LEAST_OF_FILE, (source.data.length * 0.75) / BYTES_OF_FILE) : LEAST_OF_FILE;
}
