// Messages to an OpenAI-like target: roles, content parts, calls and their results, and the turns of other protocols.
import { describe, expect, test } from "vitest";
import type { Message, Part } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import { textToBase64 } from "../../shared/data-url.ts";
import {
  assistant,
  call,
  encode,
  messagesOf,
  native,
  request,
  result,
  text,
  tool,
  user,
} from "../requests.test-support.ts";

describe("messages", () => {
  const instructions = (role: "system" | "developer"): Message => ({ role, parts: [text("a"), text("b")], name: null });

  test("roles for instructions are the target's, their blocks one text", () => {
    expect(messagesOf([instructions("developer"), user(text("x"))])).toEqual([
      { role: "system", content: "a\n\nb" },
      { role: "user", content: "x" },
    ]);
    expect(encode(request({ messages: [instructions("developer"), user(text("x"))] })).adapted).toEqual([
      "role:developer>system",
    ]);
    expect(messagesOf([instructions("system"), user(text("x"))], { systemRole: "developer" })).toEqual([
      { role: "developer", content: "a\n\nb" },
      { role: "user", content: "x" },
    ]);
  });

  test("content parts", () => {
    const data = textToBase64("grüße");
    expect(
      messagesOf(
        [
          user(
            text("a"),
            text(""),
            { type: "image", source: { kind: "data", mediaType: "image/png", data: "AA" }, detail: "low" },
            { type: "file", source: { kind: "data", mediaType: "application/pdf", data: "JV" }, filename: null },
            { type: "file", source: { kind: "data", mediaType: "audio/mpeg", data: "AA" }, filename: null },
            { type: "file", source: { kind: "data", mediaType: "text/plain", data }, filename: "a.txt" },
            { type: "file", source: { kind: "file-id", id: "file-1", protocol: "openai-responses" }, filename: null },
          ),
        ],
        { reasoningField: null },
      ),
    ).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "a" },
          { type: "image_url", image_url: { url: "data:image/png;base64,AA", detail: "low" } },
          { type: "file", file: { filename: "document.pdf", file_data: "data:application/pdf;base64,JV" } },
          { type: "input_audio", input_audio: { data: "AA", format: "mp3" } },
          { type: "text", text: "a.txt:\n\ngrüße" },
          { type: "file", file: { file_id: "file-1" } },
        ],
      },
    ]);
  });

  test("calls and results, ids fitted the same way on both sides", () => {
    const long = "x".repeat(70);
    const encoded = messagesOf([
      user(text("q")),
      assistant(text("a"), call(long)),
      tool(result(long, { type: "text", text: "r" })),
    ]) as JsonObject[];
    const id = (encoded[1]?.["tool_calls"] as { id: string }[] | undefined)?.[0]?.id;
    expect(id).toMatch(/^call_[0-9A-Za-z]{24}$/);
    expect(encoded.slice(1)).toEqual([
      {
        role: "assistant",
        content: "a",
        tool_calls: [{ id, type: "function", function: { name: "f", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: id, content: "r" },
    ]);
  });

  test("trap 16: several results in one message are one message each, in the order of the calls", () => {
    const list = [
      assistant(call("a"), call("b")),
      tool(result("b", { type: "text", text: "2" }), result("a", { type: "text", text: "1" })),
    ];
    expect(messagesOf(list)).toMatchObject([
      { role: "assistant", content: null },
      { tool_call_id: "a", content: "1" },
      { tool_call_id: "b", content: "2" },
    ]);
  });

  test("trap 17: orphans on either side", () => {
    const encoded = encode(request({ messages: [tool(result("x")), assistant(call("a")), user(text("go on"))] }));
    expect(encoded.body["messages"]).toMatchObject([
      { role: "user", content: '<tool_result name="f">\n\n</tool_result>' },
      { role: "assistant" },
      { role: "tool", tool_call_id: "a", content: "[no result]" },
      { role: "user" },
    ]);
    expect(encoded.adapted).toEqual(["messages.tool:no call>user", "messages.tool:missing>[no result]"]);
  });

  test("turns in a row are one, and their calls are answered together", () => {
    const list = [assistant(text("a"), call("a")), assistant(call("b")), tool(result("a"), result("b"))];
    expect(messagesOf(list)).toMatchObject([
      { role: "assistant", content: "a", tool_calls: [{ id: "a" }, { id: "b" }] },
      { role: "tool", tool_call_id: "a" },
      { role: "tool", tool_call_id: "b" },
    ]);
    expect(encode(request({ messages: list })).adapted).toEqual([]);
  });

  test("images of results come after all results of the turn", () => {
    const image = {
      type: "image",
      source: { kind: "data", mediaType: "image/png", data: "AA" },
      detail: null,
    } as const;
    const list = [
      assistant(call("a"), call("b")),
      tool(result("a", image)),
      tool(result("b", { type: "text", text: "two" }, image)),
      user(text("next")),
    ];
    expect(messagesOf(list)).toMatchObject([
      { role: "assistant" },
      { role: "tool", tool_call_id: "a", content: "[the result follows in the next user message]" },
      { role: "tool", tool_call_id: "b", content: "two" },
      { role: "user", content: [{ type: "text" }, { type: "image_url" }, { type: "image_url" }] },
      { role: "user", content: "next" },
    ]);
    expect(encode(request({ messages: list })).adapted).toEqual(["messages:tool-media>user"]);
  });

  test("an error of a tool is told as one", () => {
    expect(
      messagesOf([assistant(call("a")), tool({ ...result("a", { type: "text", text: "boom" }), isError: true })]),
    ).toMatchObject([{}, { content: '{"error":"boom"}' }]);
  });

  test("trap 29: foreign reasoning and signatures are left out, and said so", () => {
    const signed: Part = {
      type: "tool-call",
      id: "a",
      name: "f",
      arguments: "",
      state: { protocol: "gemini-generate", value: "sig" },
    };
    const thought: Part = { type: "reasoning", text: "hm", state: { protocol: "anthropic-messages", value: "s" } };
    const list = [assistant(thought, signed), tool(result("a"))];
    const encoded = encode(request({ messages: list }));
    expect(encoded.body["messages"]).toEqual([
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "a", content: "" },
    ]);
    expect(encoded.dropped).toEqual(["reasoning_content"]);
  });

  test("signatures go to a target that wants them", () => {
    const state = { protocol: "gemini-generate", value: "sig" } as const;
    const signed: Part = { type: "tool-call", id: "a", name: "f", arguments: "{}", state };
    expect(messagesOf([assistant(signed), tool(result("a"))], { signatures: true })).toMatchObject([
      { tool_calls: [{ extra_content: { google: { thought_signature: "sig" } } }] },
      {},
    ]);
  });

  test("a turn of which nothing is left is left out", () => {
    const thought: Part = { type: "reasoning", text: "hm", state: { protocol: "anthropic-messages", value: "s" } };
    expect(messagesOf([user(text("a")), assistant(thought), user(text("b"))])).toEqual([
      { role: "user", content: "a" },
      { role: "user", content: "b" },
    ]);
  });

  test("trap 35: own reasoning goes back in the spelling that the target takes", () => {
    const body = { messages: [{ role: "assistant", content: "a", reasoning_content: "hm" }] };
    expect(native(body).body).toMatchObject(body);
    expect(native(body, { reasoningField: "reasoning" }).body["messages"]).toEqual([
      { role: "assistant", content: "a", reasoning: "hm" },
    ]);
    expect(native(body, { reasoningField: null })).toMatchObject({
      body: { messages: [{ role: "assistant", content: "a" }] },
      dropped: ["reasoning_content"],
    });
  });

  test("an uploaded image, a document by address, a broken text file: another target", () => {
    const parts: Part[] = [
      { type: "image", source: { kind: "file-id", id: "x", protocol: "openai-chat" }, detail: null },
      { type: "file", source: { kind: "url", url: "https://x/a.pdf", mediaType: "application/pdf" }, filename: null },
      { type: "file", source: { kind: "url", url: "https://x/a.wav", mediaType: "audio/wav" }, filename: null },
      { type: "file", source: { kind: "data", mediaType: "text/plain", data: "/w==" }, filename: null },
    ];
    for (const part of parts) expect(() => messagesOf([user(part)])).toThrow(/messages: /);
  });
});
