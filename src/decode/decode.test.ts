import { describe, expect, test } from "vitest";
import type { ChatRequest } from "../core/chat.ts";
import type { ClientRequest } from "../core/exchange.ts";
import type { JsonObject } from "../core/json.ts";
import type { RequestCodec } from "../core/protocol.ts";
import { openaiChat } from "../protocols/openai-chat/protocol.ts";
import { decodeCall } from "./decode.ts";

function call(body: string, request: Partial<RequestCodec> = {}) {
  const received: ClientRequest = { method: "POST", path: "", query: "", headers: {}, body: Buffer.from(body) };
  const { chat } = openaiChat;
  const protocol = { ...openaiChat, chat: { ...chat, request: { ...chat.request, ...request } } };
  return decodeCall(received, { protocol, endpoint: null, maxDepth: 64 });
}

describe("decodeCall", () => {
  test.each([
    ['{"model":"a","stream":true}', "a", true],
    ['{"stream" : false, "model" : "a\\u002fb"}', "a/b", false],
    ['{"messages":[{"model":"no"}]}', "", false],
    ['{"model":null,"stream":null}', "", false],
    ['{"model":"ü","stream":"true"}', "ü", false],
  ])("%s", (body, model, stream) => {
    expect(call(body)).toMatchObject({ protocol: "openai-chat", model, stream });
  });

  test("a name that nobody would give a model is refused, and not remembered", () => {
    expect(call(`{"model":"${"m".repeat(512)}"}`).model).toHaveLength(512);
    expect(() => call(`{"model":"${"m".repeat(513)}"}`)).toThrow(
      expect.objectContaining({ code: "bad_request", param: "model", status: 400 }) as Error,
    );
  });

  test.each(['{"model":7}', '{"model":["a"]}', '{"model":{}}', '{"model":true}'])("%s: a model is a string", (body) => {
    expect(() => call(body)).toThrow(expect.objectContaining({ code: "bad_request", param: "model" }) as Error);
  });

  test.each([
    ["{}", false],
    ['{"reasoning_effort":"low"}', true],
    ['{"reasoning_effort":"none"}', false],
    ['{"reasoning_effort":null}', false],
    ['{"reasoning":{"effort":"high"}}', true],
    ['{"thinking":{"type":"enabled"}}', true],
  ])("%s asks for thoughts: %s", (body, asksForReasoning) => {
    expect(call(body).asksForReasoning).toBe(asksForReasoning);
  });

  test("the conversation is decoded once, and only when it is asked for", () => {
    const seen: JsonObject[] = [];
    const decode: RequestCodec["decode"] = (body) => {
      seen.push(body);
      return { model: "a" } as ChatRequest;
    };
    const decoded = call('\ufeff{"model":"a","x":1}', { decode });
    expect(seen).toEqual([]);
    expect(decoded.chat()).toBe(decoded.chat());
    expect(seen).toEqual([{ model: "a", x: 1 }]);
  });

  test("what the scan let through and the grammar does not is the caller's mistake", () => {
    const lenient = call('{"model":"a","temperature":01}');
    expect(() => lenient.chat()).toThrow(expect.objectContaining({ code: "bad_request", status: 400 }) as Error);
  });
});
