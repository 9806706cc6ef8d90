// Searches in a history: unchanged for the vendor that ran them, as text for all others, and never with another
// vendor's seal.
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../core/json.ts";
import type { Protocol, RequestCodec } from "../../core/protocol.ts";
import type { EncodedRequest } from "../../core/encoded-request.ts";
import { claudeFacts, geminiFacts, openaiFacts } from "../../providers/facts.ts";
import { anthropicMessages } from "../anthropic-messages/protocol.ts";
import { geminiGenerate } from "../gemini-generate/protocol.ts";
import { openaiChat } from "../openai-chat/protocol.ts";
import { openaiResponses } from "../openai-responses/protocol.ts";

const targets: Readonly<Record<string, Parameters<RequestCodec["encode"]>[1] & { readonly protocol: Protocol }>> = {
  Gemini: { protocol: geminiGenerate, model: "gemini-2.5-flash", facts: geminiFacts("gemini-2.5-flash") },
  Anthropic: { protocol: anthropicMessages, model: "claude-sonnet-4-5", facts: claudeFacts("claude-sonnet-4-5") },
  Responses: { protocol: openaiResponses, model: "gpt-5", facts: openaiFacts("gpt-5") },
  Chat: { protocol: openaiChat, model: "gpt-4o", facts: openaiFacts("gpt-4o") },
};

function encode(client: Protocol, body: JsonObject, name: string): EncodedRequest {
  const target = targets[name];
  if (target === undefined) throw new Error(name);
  return target.protocol.chat.request.encode(client.chat.request.decode(body, { model: "m", stream: false }), target);
}

const page = { type: "web_search_result", url: "https://sky.example/why", title: "Why the sky is blue" };
const call = { type: "server_tool_use", id: "srvtoolu_01a", name: "web_search", input: { query: "blue sky" } };
const result = (content: Json): JsonObject => ({
  type: "web_search_tool_result",
  tool_use_id: "srvtoolu_01a",
  content,
});
const answer = { type: "text", text: "Light scatters." };
const messages = (...content: JsonObject[]): JsonObject => ({
  model: "m",
  max_tokens: 100,
  messages: [
    { role: "user", content: "Why is the sky blue?" },
    { role: "assistant", content },
    { role: "user", content: "And the sea?" },
  ],
});
const sealed = messages(call, result([{ ...page, encrypted_content: "EsecretSeal" }]), answer);
const unsealed = messages(call, result([{ ...page, encrypted_content: "" }]), answer);
const words =
  "<assistant_web_search>\nquery: blue sky\nfound: Why the sky is blue <https://sky.example/why>\n</assistant_web_search>";

describe("Anthropic's blocks", () => {
  test.each(["Gemini", "Responses", "Chat"])("are told to %s in words, without the seal, and that is said", (name) => {
    const { body, dropped, adapted } = encode(anthropicMessages, sealed, name);
    const written = JSON.stringify(body);
    expect(written).toContain(JSON.stringify(words).slice(1, -1));
    const order = ["Light scatters.", "<assistant_web_search>", "And the sea?"].map((one) => written.indexOf(one));
    expect(order).toEqual(order.toSorted((one, other) => one - other));
    expect(written).not.toContain("EsecretSeal");
    expect(dropped).toEqual(["web_search_result.encrypted_content"]);
    expect(adapted).toContain("messages.web_search:blocks>text");
  });

  test("go back to it as they came", () => {
    const { body, dropped, adapted } = encode(anthropicMessages, sealed, "Anthropic");
    expect((body["messages"] as readonly JsonObject[])[1]).toEqual((sealed["messages"] as readonly Json[])[1]);
    expect([dropped, adapted]).toEqual([[], []]);
  });

  test("that another vendor's search came in are told to it in words too, and nothing is lost", () => {
    const { body, dropped, adapted } = encode(anthropicMessages, unsealed, "Anthropic");
    const turns = body["messages"] as readonly { content: readonly JsonObject[] }[];
    expect(turns.slice(1).map(({ content }) => content)).toEqual([
      answer.text,
      [
        { type: "text", text: words },
        { type: "text", text: "And the sea?" },
      ],
    ]);
    expect([dropped, adapted]).toEqual([[], ["messages.web_search:blocks>text"]]);
  });

  test("of a search that failed or found nothing say so", () => {
    const error = { type: "web_search_tool_result_error", error_code: "max_uses_exceeded" };
    const failed = JSON.stringify(encode(anthropicMessages, messages(call, result(error), answer), "Gemini").body);
    expect(failed).toContain(String.raw`query: blue sky\nfailed: max_uses_exceeded`);
    const empty = JSON.stringify(encode(anthropicMessages, messages(call, result([]), answer), "Chat").body);
    expect(empty).toContain(String.raw`query: blue sky\nfound: nothing`);
  });
});

describe("OpenAI's items", () => {
  const search = {
    type: "web_search_call",
    id: "ws_1",
    status: "completed",
    action: { type: "search", query: "blue sky", sources: [{ type: "url", url: page.url }] },
  };
  const input = [
    { role: "user", content: "Why is the sky blue?" },
    search,
    {
      type: "message",
      role: "assistant",
      content: [{ type: "output_text", text: "Light scatters.", annotations: [] }],
    },
    { role: "user", content: "And the sea?" },
  ];

  test.each(["Gemini", "Anthropic", "Chat"])("are told to %s in words", (name) => {
    const { body, dropped, adapted } = encode(openaiResponses, { model: "m", input }, name);
    expect(JSON.stringify(body)).toContain(
      String.raw`<assistant_web_search>\nquery: blue sky\nfound: https://sky.example/why\n`,
    );
    expect(dropped).toEqual([]);
    expect(adapted).toContain("messages.web_search:blocks>text");
  });

  test("go back to it as they came", () => {
    expect((encode(openaiResponses, { model: "m", input }, "Responses").body["input"] as readonly Json[])[1]).toEqual(
      search,
    );
  });
});

test("pages that a chat client's answer cited are told in words; without any there is nothing to tell", () => {
  const cited = [
    { type: "url_citation", url_citation: { start_index: 0, end_index: 5, title: page.title, url: page.url } },
  ];
  const talk = (annotations: Json): JsonObject => ({
    model: "m",
    messages: [
      { role: "user", content: "Why is the sky blue?" },
      { role: "assistant", content: "Light scatters.", annotations, prefix: true },
      { role: "user", content: "And the sea?" },
    ],
  });
  const { body, dropped, adapted } = encode(openaiChat, talk(cited), "Anthropic");
  expect(JSON.stringify(body)).toContain(
    String.raw`<assistant_citations>\ntitle: Why the sky is blue; url: https://sky.example/why\n</assistant_citations>`,
  );
  expect(dropped).toEqual(["messages[1].prefix"]);
  expect(adapted).toEqual(["messages.citations:blocks>text"]);
  const plain = encode(openaiChat, talk([]), "Anthropic");
  expect([plain.dropped, plain.adapted]).toEqual([["messages[1].prefix"], []]);
});

describe("tools that a vendor ran", () => {
  const ran = [
    { type: "text", text: "Let me count." },
    { type: "server_tool_use", id: "srvtoolu_1", name: "bash_code_execution", input: { command: "ls" } },
    {
      type: "bash_code_execution_tool_result",
      tool_use_id: "srvtoolu_1",
      content: { type: "bash_code_execution_result", stdout: "a.txt", stderr: "", return_code: 0, content: [] },
    },
    call,
    result([{ ...page, page_age: "2 days", encrypted_content: "EsecretSeal" }]),
    { type: "mcp_tool_use", id: "mcptoolu_1", name: "look", server_name: "files", input: { path: "/" } },
    { type: "mcp_tool_result", tool_use_id: "mcptoolu_1", content: [{ type: "text", text: "Nothing." }] },
    {
      type: "text",
      text: "One file.",
      citations: [
        {
          type: "web_search_result_location",
          url: page.url,
          title: page.title,
          cited_text: "Light scatters.",
          encrypted_index: "EoIndex",
        },
      ],
    },
  ];
  const told = [
    "<assistant_server_tool_use>\nname: bash_code_execution\ninput.command: ls\n</assistant_server_tool_use>",
    "<assistant_bash_code_execution_tool_result>\nstdout: a.txt\nreturn_code: 0\n</assistant_bash_code_execution_tool_result>",
    words.replace("/why>", "/why> (2 days)"),
    "<assistant_mcp_tool_use>\nname: look\nserver_name: files\ninput.path: /\n</assistant_mcp_tool_use>",
    "<assistant_mcp_tool_result>\nNothing.\n</assistant_mcp_tool_result>",
    "<assistant_citations>\ntitle: Why the sky is blue; url: https://sky.example/why; cited_text: Light scatters.\n</assistant_citations>",
  ];

  test.each(["Gemini", "Responses", "Chat"])("are told to %s in the user's next turn, in their order", (name) => {
    const { body, dropped, adapted } = encode(anthropicMessages, messages(...ran), name);
    const written = JSON.stringify(body);
    const order = ["Let me count.", "One file.", ...told, "And the sea?"].map((one) =>
      written.indexOf(JSON.stringify(one).slice(1, -1)),
    );
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((one, other) => one - other));
    expect(dropped).toEqual([
      "web_search_result.encrypted_content",
      "messages[1].content[7].citations[0].encrypted_index",
    ]);
    expect(adapted.filter((entry) => entry.startsWith("messages."))).toEqual([
      "messages.server_tool_use:blocks>text",
      "messages.bash_code_execution_tool_result:blocks>text",
      "messages.web_search:blocks>text",
      "messages.mcp_tool_use:blocks>text",
      "messages.mcp_tool_result:blocks>text",
      "messages.citations:blocks>text",
    ]);
  });

  test("go back to it as they came", () => {
    const { body, dropped, adapted } = encode(anthropicMessages, messages(...ran), "Anthropic");
    expect((body["messages"] as readonly JsonObject[])[1]?.["content"]).toEqual(ran);
    expect([dropped, adapted]).toEqual([[], []]);
  });

  test("stand behind the results of the client's tools that the same turn called", () => {
    const history: JsonObject = {
      model: "m",
      max_tokens: 100,
      messages: [
        { role: "user", content: "Look" },
        {
          role: "assistant",
          content: [...ran.slice(1, 3), { type: "tool_use", id: "toolu_1", name: "look", input: {} }],
        },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "Seen." }] },
      ],
    };
    const { body } = encode(anthropicMessages, history, "Chat");
    expect((body["messages"] as readonly JsonObject[]).map(({ role }) => role)).toEqual([
      "user",
      "assistant",
      "tool",
      "user",
    ]);
    expect((body["messages"] as readonly JsonObject[]).at(-1)?.["content"]).toEqual([
      { type: "text", text: told[0] },
      { type: "text", text: told[1] },
    ]);
  });

  test("Gemini's code, and what came of it", () => {
    const contents = [
      { role: "user", parts: [{ text: "Count" }] },
      {
        role: "model",
        parts: [
          { executableCode: { language: "PYTHON", code: "print(1)" } },
          { codeExecutionResult: { outcome: "OUTCOME_OK", output: "1" }, thoughtSignature: "c2ln" },
          { text: "One." },
        ],
      },
      { role: "user", parts: [{ text: "Again" }] },
    ];
    const { body, dropped } = encode(geminiGenerate, { contents }, "Anthropic");
    const turns = body["messages"] as readonly { content: readonly JsonObject[] }[];
    expect(turns[2]?.content.map(({ text }) => text)).toEqual([
      "<assistant_executable_code>\nlanguage: PYTHON\ncode: print(1)\n</assistant_executable_code>",
      "<assistant_code_execution_result>\noutcome: OUTCOME_OK\noutput: 1\n</assistant_code_execution_result>",
      "Again",
    ]);
    expect(dropped).toEqual([]);
    expect(encode(geminiGenerate, { contents }, "Gemini").body["contents"]).toEqual(contents);
  });

  test("a screenshot is an image, behind what was done to the screen", () => {
    const input = [
      { role: "user", content: "Open it" },
      { type: "computer_call", id: "cu_1", call_id: "c1", status: "completed", action: { type: "click", x: 1, y: 2 } },
      {
        type: "computer_call_output",
        call_id: "c1",
        output: { type: "computer_screenshot", image_url: "data:image/png;base64,AAAA" },
      },
    ];
    const { body, dropped } = encode(openaiResponses, { model: "m", input }, "Anthropic");
    const turns = body["messages"] as readonly JsonObject[];
    expect(turns.flatMap(({ content }) => content)).toEqual([
      { type: "text", text: "Open it" },
      {
        type: "text",
        text: "<assistant_computer_call>\naction.type: click\naction.x: 1\naction.y: 2\n</assistant_computer_call>",
      },
      { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } },
    ]);
    expect(dropped).toEqual([]);
  });
});

test("a search that found something else than pages is told by its own words", () => {
  const sources = [
    { type: "url", url: page.url },
    { type: "api", name: "oai-weather" },
  ];
  const action = { type: "search", query: "blue sky", sources };
  const input = [
    { role: "user", content: "Why?" },
    { type: "web_search_call", id: "ws_1", status: "completed", action },
    { role: "user", content: "And?" },
  ];
  const { body, dropped } = encode(openaiResponses, { model: "m", input }, "Anthropic");
  expect(JSON.stringify(body)).toContain(
    String.raw`<assistant_web_search_call>\naction.type: search\naction.query: blue sky\naction.sources.url: https://sky.example/why\naction.sources.name: oai-weather\n`,
  );
  expect(dropped).toEqual([]);
});

test("what stands beside Gemini's words and media goes back to it, and is named elsewhere", () => {
  const video = { mimeType: "application/pdf", data: "AAAA" };
  const contents = [
    { role: "user", parts: [{ text: "Look" }, { inlineData: video, videoMetadata: { startOffset: "1s" } }] },
  ];
  expect(encode(geminiGenerate, { contents }, "Gemini").body["contents"]).toEqual(contents);
  expect(encode(geminiGenerate, { contents }, "Anthropic").dropped).toEqual(["content.videoMetadata"]);
});

test("what others cite is told right behind it, in a turn and in a result", () => {
  const cited = {
    type: "text",
    text: "It is deep.",
    citations: [{ type: "char_location", cited_text: "Deep", document_title: "Sea", document_index: 0 }],
  };
  const history: JsonObject = {
    model: "m",
    max_tokens: 100,
    messages: [
      { role: "user", content: [cited] },
      { role: "assistant", content: [{ type: "tool_use", id: "toolu_1", name: "look", input: {} }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: [cited] }] },
    ],
  };
  const { body, dropped, adapted } = encode(anthropicMessages, history, "Chat");
  const [first, , result] = body["messages"] as readonly JsonObject[];
  const note = "<citations>\ncited_text: Deep; document_title: Sea\n</citations>";
  expect(first?.["content"]).toEqual([
    { type: "text", text: "It is deep." },
    { type: "text", text: note },
  ]);
  expect(result?.["content"]).toBe(`It is deep.\n${note}`);
  expect([dropped, adapted]).toEqual([[], ["messages.citations:blocks>text"]]);
});

test("a turn of many steps takes time in proportion", () => {
  const timeOf = (count: number): number => {
    const steps = Array.from({ length: count }, (_, at): JsonObject => ({
      type: "web_search_call",
      id: "ws_1",
      status: "completed",
      action: { type: "search", query: `q${at}`, sources: [{ type: "url", url: `https://x.test/${at}` }] },
    }));
    const begin = performance.now();
    encode(openaiResponses, { model: "m", input: [...steps, { role: "user", content: "And?" }] }, "Chat");
    return performance.now() - begin;
  };
  timeOf(500);
  expect(timeOf(16_000)).toBeLessThan(10 * timeOf(4_000) + 200);
});
