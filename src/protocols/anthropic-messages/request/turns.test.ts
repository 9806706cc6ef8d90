// The conversation as Anthropic requires it: turns, calls with their results, media; each with its wire text.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Message, Part } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { EncodedRequest } from "../../../core/encoded-request.ts";
import { claudeFacts } from "../../../providers/facts.ts";
import { call, encoderFor, refusal, result, say, tool } from "../requests.test-support.ts";

const { bodyOf, encode, turnsOf } = encoderFor(claudeFacts);

describe("roles and turns", () => {
  test("leading system and developer messages are hoisted", () => {
    const body = bodyOf({ messages: [say("system", "A"), say("developer", "B"), say("user", "Hi")] });
    expect(body["system"]).toEqual([
      { type: "text", text: "A" },
      { type: "text", text: "B" },
    ]);
    expect(bodyOf({ messages: [say("system", "A"), say("user", "Hi")] })["system"]).toBe("A");
  });

  test("a later one stays in its place, wrapped", () => {
    expect(turnsOf(say("user", "1"), say("assistant", "2"), say("developer", "New rule"), say("user", "3"))).toEqual([
      { role: "user", content: "1" },
      { role: "assistant", content: "2" },
      {
        role: "user",
        content: [
          { type: "text", text: "<system>\nNew rule\n</system>" },
          { type: "text", text: "3" },
        ],
      },
    ]);
  });

  test("instructions alone are the question", () => {
    const body = bodyOf({ messages: [say("system", "Greet me.")] });
    expect([body["system"], body["messages"]]).toEqual([undefined, [{ role: "user", content: "Greet me." }]]);
  });

  test("turns of the same side are merged, a user's comes first", () => {
    expect(turnsOf(say("assistant", "a"), say("user", "b"), say("user", "c"))).toEqual([
      { role: "user", content: "[The conversation begins with your words.]" },
      { role: "assistant", content: "a" },
      { role: "user", content: [expect.objectContaining({ text: "b" }), expect.objectContaining({ text: "c" })] },
    ]);
  });

  test("trap 20: empty and blank texts are left out, and turns that become empty", () => {
    expect(turnsOf(say("user", "", "Hi", " \n"), say("assistant", ""), say("user", "there"))).toEqual([
      { role: "user", content: [expect.objectContaining({ text: "Hi" }), expect.objectContaining({ text: "there" })] },
    ]);
    expect(refusal(() => turnsOf(say("user", "  ")))).toEqual({ code: "unsupported", status: 400, param: "messages" });
  });

  test("a prefill is trimmed where the model has it; where not, another vendor's client gets an answer anew", () => {
    const messages = [say("user", "Hi"), say("assistant", "Well, \n")];
    expect(bodyOf({ messages })["messages"]).toContainEqual({ role: "assistant", content: "Well," });
    const { body, adapted } = encode({ messages }, "claude-sonnet-5");
    expect(body["messages"]).toEqual([
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Well," },
      { role: "user", content: "Go on." },
    ]);
    expect(adapted).toContain("messages:assistant last>user turn");
  });

  test("a participant's name is left out and reported", () => {
    expect(encode({ messages: [{ ...say("user", "Hi"), name: "Ann" }] }).dropped).toEqual(["messages.name"]);
  });
});

describe("calls and results", () => {
  test("results of a turn stand in one user's turn, first, in the order of the calls", () => {
    const turns = turnsOf(
      say("user", "go"),
      say("assistant", "Sure.", call("c1"), call("c2", "g", "")),
      say("tool", result("c2", "two")),
      say("user", "and?"),
      say("tool", result("c1", "one")),
    );
    expect(turns).toEqual([
      { role: "user", content: "go" },
      {
        role: "assistant",
        content: [
          { type: "text", text: "Sure." },
          { type: "tool_use", id: "c1", name: "f", input: { a: 1 } },
          { type: "tool_use", id: "c2", name: "g", input: {} },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "c1", content: "one" },
          { type: "tool_result", tool_use_id: "c2", content: "two" },
          { type: "text", text: "and?" },
        ],
      },
    ]);
  });

  test("trap 17: a call without a result gets one, a result without a call is told", () => {
    const { body, dropped, adapted } = encode({
      messages: [say("user", "go"), say("assistant", call("c1")), say("tool", result("zz", "?")), say("user", "so?")],
    });
    expect((body["messages"] as JsonObject[])[2]).toEqual({
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "c1", content: "[no result]" },
        { type: "text", text: "<tool_result>\n?\n</tool_result>" },
        { type: "text", text: "so?" },
      ],
    });
    expect(dropped).toEqual([]);
    expect(adapted).toEqual(["messages.tool:missing>[no result]", "messages.tool:no call>user"]);
    expect(turnsOf(say("user", "go"), say("assistant", call("c1")), say("assistant", "hm"), say("user", "x"))).toEqual([
      { role: "user", content: "go" },
      { role: "assistant", content: [expect.objectContaining({ id: "c1" }), { type: "text", text: "hm" }] },
      { role: "user", content: [expect.objectContaining({ tool_use_id: "c1" }), { type: "text", text: "x" }] },
    ]);
    expect((turnsOf(say("user", "go"), say("assistant", call("c1"))) as JsonObject[])[2]).toEqual({
      role: "user",
      content: [{ type: "tool_result", tool_use_id: "c1", content: "[no result]" }],
    });
  });

  test("trap 15: ids that do not fit are mapped, the same each time, and stay linked", () => {
    const messages = [
      say("user", "go"),
      say("assistant", call("functions.Bash:0")),
      say("tool", result("functions.Bash:0", "x")),
    ];
    const [, assistant, user] = bodyOf({ messages })["messages"] as { content: JsonObject[] }[];
    const id = assistant!.content[0]!["id"];
    expect(id).toMatch(/^[a-zA-Z0-9_-]+$/);
    expect(user!.content[0]!["tool_use_id"]).toBe(id);
    expect(bodyOf({ messages })).toEqual(bodyOf({ messages }));
  });

  test("arguments that are no object are wrapped", () => {
    const inputs = ["", "{}", "[1]", "{broken", '"x"'].map((args) => {
      const turns = turnsOf(say("user", "go"), say("assistant", call("c", "f", args))) as { content: JsonObject[] }[];
      return turns[1]!.content[0]!["input"];
    });
    expect(inputs).toEqual([{}, {}, { _raw: "[1]" }, { _raw: "{broken" }, { _raw: '"x"' }]);
  });

  test("a failed tool says so; images may stand in a result, and nothing at all", () => {
    const image: Part = { type: "image", source: { kind: "data", mediaType: "image/png", data: "AA==" }, detail: null };
    const failed: Part = {
      type: "tool-result",
      id: "c",
      name: null,
      parts: [{ type: "text", text: "no" }, image],
      isError: true,
    };
    const ask = (one: Part): unknown =>
      (turnsOf(say("user", "go"), say("assistant", call("c")), say("tool", one)) as { content: JsonObject[] }[])[2]!
        .content[0];
    expect(ask(failed)).toEqual({
      type: "tool_result",
      tool_use_id: "c",
      content: [
        { type: "text", text: "no" },
        { type: "image", source: { type: "base64", media_type: "image/png", data: "AA==" } },
      ],
      is_error: true,
    });
    expect(ask(result("c", ""))).toEqual({ type: "tool_result", tool_use_id: "c" });
  });

  test("a history with calls but without tools declares them, and lets none be called", () => {
    const body = bodyOf({ messages: [say("user", "go"), say("assistant", call("c")), say("tool", result("c", "1"))] });
    expect(body["tools"]).toEqual([{ name: "f", input_schema: { type: "object", properties: {} } }]);
    expect(body["tool_choice"]).toEqual({ type: "none" });
  });
});

describe("media", () => {
  const ask = (part: Part): EncodedRequest => encode({ messages: [say("user", "look", part)] });
  const block = (part: Part): unknown => (ask(part).body["messages"] as { content: JsonObject[] }[])[0]!.content[1];
  const file = (mediaType: string, data: string, filename: string | null = null): Part => ({
    type: "file",
    source: { kind: "data", mediaType, data },
    filename,
  });

  test("images by bytes and by address; `detail` has no place", () => {
    expect(
      block({ type: "image", source: { kind: "data", mediaType: "image/jpg", data: "AA==" }, detail: "auto" }),
    ).toEqual({
      type: "image",
      source: { type: "base64", media_type: "image/jpeg", data: "AA==" },
    });
    const image: Part = {
      type: "image",
      source: { kind: "url", url: "https://x/y.png", mediaType: null },
      detail: "high",
    };
    expect(block(image)).toEqual({ type: "image", source: { type: "url", url: "https://x/y.png" } });
    expect(ask(image).dropped).toEqual(["image_url.detail"]);
  });

  test("PDFs and texts are documents", () => {
    expect(block(file("application/pdf", "JVBERg==", "a.pdf"))).toEqual({
      type: "document",
      source: { type: "base64", media_type: "application/pdf", data: "JVBERg==" },
      title: "a.pdf",
    });
    expect(block(file("text/csv", "YSxi"))).toEqual({
      type: "document",
      source: { type: "text", media_type: "text/plain", data: "a,b" },
    });
    expect(block(file("image/webp", "AA=="))).toMatchObject({ type: "image" });
  });

  test.each([
    ["audio", file("audio/wav", "AA==")],
    ["video", file("video/mp4", "AA==")],
    ["a bitmap", { type: "image", source: { kind: "data", mediaType: "image/bmp", data: "AA==" }, detail: null }],
  ] satisfies [string, Part][])("%s is refused, with its place", (_name, part) => {
    expect(refusal(() => ask(part))).toEqual({ code: "unsupported", status: 400, param: "messages[0].content[1]" });
  });
});

test("property: any history gives turns that the service takes", () => {
  const ids = fc.constantFrom("a", "b", "c:1");
  const part = fc.oneof(fc.string().map((text): Part => ({ type: "text", text })));
  const message = fc.oneof(
    fc.record({
      role: fc.constantFrom("system", "developer", "user", "assistant"),
      parts: fc.array(part, { maxLength: 2 }),
    }),
    fc.uniqueArray(ids).map((some) => ({ role: "assistant", parts: some.map((id) => call(id)) })),
    fc
      .array(ids, { minLength: 1, maxLength: 2 })
      .map((some) => ({ role: "tool", parts: some.map((id) => result(id, "r")) })),
  );
  fc.assert(
    fc.property(fc.array(message, { maxLength: 8 }), (given) => {
      const messages = [...given.map((one) => ({ ...one, name: null }) as Message), say("user", "last")];
      const turns = bodyOf({ messages, tools: [tool("f")] })["messages"] as {
        role: string;
        content: JsonObject[] | string;
      }[];
      expect(turns[0]!.role).toBe("user");
      let open: unknown[] = [];
      turns.forEach((turn, index) => {
        if (index > 0) expect(turn.role).not.toBe(turns[index - 1]!.role);
        const blocks = typeof turn.content === "string" ? [{ type: "text", text: turn.content }] : turn.content;
        expect(blocks.length).toBeGreaterThan(0);
        for (const block of blocks) if (block["type"] === "text") expect((block["text"] as string).trim()).not.toBe("");
        const results = blocks.filter((block) => block["type"] === "tool_result");
        expect(results.map((block) => block["tool_use_id"])).toEqual(open);
        expect(blocks.slice(0, results.length)).toEqual(results);
        open = blocks.filter((block) => block["type"] === "tool_use").map((block) => block["id"]);
      });
      expect(open).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
