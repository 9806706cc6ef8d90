// Every official SDK and two frameworks hold a conversation with tools while the vendor that answers changes at each of
// their requests: single calls, parallel ones, calls after calls, results, and text; the vendors are strict.
import { describe, expect, test } from "vitest";
import { answeredBy, type Client, converse, membersOf, orders } from "./conversation.test-support.ts";
import { langchainChat, langchainResponses, vercel } from "./talks-of-frameworks.test-support.ts";
import { anthropic, gemini, openaiChat, openaiResponses } from "./talks-of-sdks.test-support.ts";

const clients: Readonly<Record<string, Client>> = {
  "openai, Chat Completions": openaiChat,
  "openai, Responses": openaiResponses,
  "@anthropic-ai/sdk": anthropic,
  "@google/genai": gemini,
  ai: vercel,
  "LangChain, Chat Completions": langchainChat,
  "LangChain, Responses": langchainResponses,
};

describe.each(Object.entries(clients))("%s", (_name, client) => {
  describe.each([{ inProcess: false }, { inProcess: true }])("in process: $inProcess", ({ inProcess }) => {
    describe.each([{ streamed: false }, { streamed: true }])("streamed: $streamed", ({ streamed }) => {
      describe.each([{ thinks: false }, { thinks: true }])("with thoughts: $thinks", ({ thinks }) => {
        test.each(inProcess ? orders.slice(0, 2) : orders)("served in the order %i, %i, %i, %i", async (...order) => {
          await using stage = await converse(client, { inProcess, streamed, thinks, order });
          expect(stage.warnings).toEqual([]);
        });
      });
    });
  });
});

const standIn = "skip_thought_signature_validator";

/** Where a vendor finds its seals on what it thought, and the clients whose messages have room for them. */
const seals = [
  {
    vendor: "google",
    member: "thoughtSignature",
    order: [1, 0, 1],
    thinks: false,
    kept: [openaiChat, openaiResponses, gemini, vercel, langchainResponses],
  },
  {
    vendor: "anthropic",
    member: "signature",
    order: [2, 0, 2],
    thinks: true,
    kept: [openaiResponses, anthropic, langchainResponses],
  },
] as const;

describe.each(seals)("what $vendor sealed goes back to it at its next turn", ({ vendor, member, kept, ...asked }) => {
  test.each(kept.map((client) => ({ client, name: nameOf(client) })))("through $name", async ({ client }) => {
    await using stage = await converse(client, { ...asked, inProcess: true, streamed: true });
    const sent = answeredBy(stage, vendor).map((body) => membersOf(body, member).filter((seal) => seal !== standIn));
    expect(sent[0]).toEqual([]);
    // Those of the turn before are all there, byte for byte, and new ones behind them.
    for (const [index, these] of sent.slice(1).entries()) {
      expect(these.length).toBeGreaterThan(0);
      expect(these.slice(0, sent[index]?.length)).toEqual(sent[index]);
    }
  });
});

function nameOf(client: Client): string {
  return Object.entries(clients).find(([, one]) => one === client)?.[0] ?? "";
}
