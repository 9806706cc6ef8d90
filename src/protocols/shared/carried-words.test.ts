// The text in a client's own blocks reaches every other vendor, in a user's turn and in a tool result. Anything else is
// reported, and a target is not asked if the request would lose what its answer depends on.
import { describe, expect, test } from "vitest";
import type { GatewayFailure } from "../../core/failure.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { Protocol } from "../../core/protocol.ts";
import type { EncodedRequest } from "../../core/encoded-request.ts";
import { claudeFacts, geminiFacts, openaiFacts } from "../../providers/facts.ts";
import { anthropicMessages } from "../anthropic-messages/protocol.ts";
import { geminiGenerate } from "../gemini-generate/protocol.ts";
import { openaiChat } from "../openai-chat/protocol.ts";
import { openaiResponses } from "../openai-responses/protocol.ts";

const targets: readonly (readonly [Protocol, { model: string; facts: ReturnType<typeof openaiFacts> }])[] = [
  [openaiChat, { model: "gpt-4o", facts: openaiFacts("gpt-4o") }],
  [openaiResponses, { model: "gpt-4o", facts: openaiFacts("gpt-4o") }],
  [anthropicMessages, { model: "claude-sonnet-4-5", facts: claudeFacts("claude-sonnet-4-5") }],
  [geminiGenerate, { model: "gemini-3-flash-preview", facts: geminiFacts("gemini-3-flash-preview") }],
];
const hint = { model: "m", stream: false };

/** The same request in each other protocol. */
function abroad(client: Protocol, body: JsonObject): (readonly [string, EncodedRequest])[] {
  const request = client.chat.request.decode(body, hint);
  return targets
    .filter(([protocol]) => protocol.name !== client.name)
    .map(([protocol, target]) => [protocol.name, protocol.chat.request.encode(request, target)]);
}

function refusals(client: Protocol, body: JsonObject): unknown[] {
  const request = client.chat.request.decode(body, hint);
  return targets
    .filter(([protocol]) => protocol.name !== client.name)
    .map(([protocol, target]) => {
      try {
        protocol.chat.request.encode(request, target);
        return `${protocol.name} was asked`;
      } catch (error) {
        const { code, param } = error as GatewayFailure;
        return [code, param];
      }
    });
}

/** A request of each client with a block in the user's turn, in a result and in an earlier turn. */
interface Client {
  readonly protocol: Protocol;
  readonly inTurn: (...blocks: JsonObject[]) => JsonObject;
  readonly inResult: (...blocks: JsonObject[]) => JsonObject;
  readonly earlier: (...blocks: JsonObject[]) => JsonObject;
  readonly instructed: (...blocks: JsonObject[]) => JsonObject;
  readonly place: Readonly<Record<"turn" | "result" | "system", string>>;
}

const ok: Json = "Yes?";
const clients: readonly Client[] = [
  {
    protocol: anthropicMessages,
    inTurn: (...content) => ({ max_tokens: 9, messages: [{ role: "user", content }] }),
    inResult: (...content) => ({
      max_tokens: 9,
      messages: [
        { role: "user", content: "Hi" },
        { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "look", input: {} }] },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content }] },
      ],
    }),
    earlier: (...content) => ({
      max_tokens: 9,
      messages: [
        { role: "user", content },
        { role: "assistant", content: ok },
        { role: "user", content: "Go on" },
      ],
    }),
    instructed: (...system) => ({ max_tokens: 9, system, messages: [{ role: "user", content: "Hi" }] }),
    place: { turn: "messages[0].content[0]", result: "messages[2].content[0].content[0]", system: "system[0]" },
  },
  {
    protocol: openaiChat,
    inTurn: (...content) => ({ messages: [{ role: "user", content }] }),
    inResult: (...content) => ({
      messages: [
        { role: "user", content: "Hi" },
        { role: "assistant", tool_calls: [{ id: "t1", type: "function", function: { name: "look", arguments: "" } }] },
        { role: "tool", tool_call_id: "t1", content },
      ],
    }),
    earlier: (...content) => ({
      messages: [
        { role: "user", content },
        { role: "assistant", content: ok },
        { role: "user", content: "Go on" },
      ],
    }),
    instructed: (...content) => ({
      messages: [
        { role: "system", content },
        { role: "user", content: "Hi" },
      ],
    }),
    place: { turn: "messages[0].content[0]", result: "messages[2].content[0]", system: "messages[0].content[0]" },
  },
  {
    protocol: openaiResponses,
    inTurn: (...content) => ({ input: [{ role: "user", content }] }),
    inResult: (...output) => ({
      input: [
        { role: "user", content: "Hi" },
        { type: "function_call", call_id: "t1", name: "look", arguments: "{}" },
        { type: "function_call_output", call_id: "t1", output },
      ],
    }),
    earlier: (...content) => ({
      input: [
        { role: "user", content },
        { role: "assistant", content: ok },
        { role: "user", content: "Go on" },
      ],
    }),
    instructed: (...content) => ({
      input: [
        { role: "developer", content },
        { role: "user", content: "Hi" },
      ],
    }),
    place: { turn: "input[0].content[0]", result: "input[2].output[0]", system: "input[0].content[0]" },
  },
  {
    protocol: geminiGenerate,
    inTurn: (...parts) => ({ contents: [{ role: "user", parts }] }),
    inResult: (...parts) => ({
      contents: [
        { role: "user", parts: [{ text: "Hi" }] },
        { role: "model", parts: [{ functionCall: { name: "look", args: {} } }] },
        { role: "user", parts: [{ functionResponse: { name: "look", response: { output: "" }, parts } }] },
      ],
    }),
    earlier: (...parts) => ({
      contents: [
        { role: "user", parts },
        { role: "model", parts: [{ text: ok }] },
        { role: "user", parts: [{ text: "Go on" }] },
      ],
    }),
    instructed: (...parts) => ({ systemInstruction: { parts }, contents: [{ role: "user", parts: [{ text: "Hi" }] }] }),
    place: {
      turn: "contents[0].parts[0]",
      result: "contents[2].parts[0].functionResponse.parts[0]",
      system: "systemInstruction.parts[0]",
    },
  },
];

describe.each(clients.map((client) => [client.protocol.name, client] as const))("a client of %s", (_name, client) => {
  const spoken = { type: "novelty", title: "A title", content: [{ type: "text", text: "Some words" }] };
  const silent = { type: "novelty", a: 1 };

  test.each(["inTurn", "inResult", "earlier", "instructed"] as const)("words of an unknown block: %s", (where) => {
    for (const [name, { body, dropped }] of abroad(client.protocol, client[where](spoken))) {
      const sent = JSON.stringify(body);
      expect([name, sent.includes("title: A title\\nSome words"), dropped]).toEqual([name, true, []]);
    }
  });

  test("a question, a result or instructions without any words make the target unfit", () => {
    const { turn, result, system } = client.place;
    const unfit = (place: string): unknown => [1, 2, 3].map(() => ["unsupported", place]);
    expect(refusals(client.protocol, client.inTurn(silent))).toEqual(unfit(turn));
    expect(refusals(client.protocol, client.inResult(silent))).toEqual(unfit(result));
    expect(refusals(client.protocol, client.instructed(silent))).toEqual(unfit(system));
  });

  test("in an earlier turn something stands in their place, and it is reported", () => {
    for (const [, { body, dropped }] of abroad(client.protocol, client.earlier(silent))) {
      expect(JSON.stringify(body)).toContain("[This message cannot be shown here.]");
      expect(dropped).toEqual([client.place.turn]);
    }
  });

  test("beside words it is left out, and reported", () => {
    for (const [, { body, dropped }] of abroad(client.protocol, client.inTurn(silent, spoken))) {
      expect(JSON.stringify(body)).toContain("Some words");
      expect(dropped).toEqual([client.place.turn]);
    }
  });

  test("its own protocol gets all of it back", () => {
    for (const where of ["inTurn", "inResult", "earlier", "instructed"] as const) {
      const request = client.protocol.chat.request.decode(client[where](silent, spoken), hint);
      const [, target] = targets.find(([protocol]) => protocol === client.protocol) ?? [];
      const { body, dropped } = client.protocol.chat.request.encode(request, target!);
      const sent = JSON.stringify(body);
      expect([where, sent.includes(JSON.stringify(silent)), sent.includes(JSON.stringify(spoken))]).toEqual([
        where,
        true,
        true,
      ]);
      expect(dropped).toEqual([]);
    }
  });
});

describe("blocks of Anthropic's", () => {
  const [{ inTurn, inResult }] = clients as readonly [Client];
  const page = {
    type: "search_result",
    source: "https://x.test/sea",
    title: "The sea",
    content: [{ type: "text", text: "It is deep." }],
    citations: { enabled: true },
  };
  const parts = [
    { type: "text", text: "First" },
    { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" } },
  ];
  const blocks = { type: "document", title: "Lease", source: { type: "content", content: parts } };

  test.each([
    ["the tools that a search for tools found", { type: "tool_reference", tool_name: "WebFetch" }, ["WebFetch"], []],
    ["a page", page, ["The sea", "https://x.test/sea", "It is deep."], ["citations"]],
    ["a document of blocks", blocks, ["Lease", "First", "iVBORw0KGgo="], []],
  ])("%s, in a turn and in a result", (...[, block, words, lost]) => {
    for (const body of [inTurn(block), inResult(block)]) {
      for (const [name, encoded] of abroad(anthropicMessages, body)) {
        const sent = JSON.stringify(encoded.body);
        expect([name, words.filter((word) => !sent.includes(word)), encoded.dropped]).toEqual([name, [], lost]);
      }
    }
  });

  test("a text document's title and context", () => {
    const source = { type: "text", media_type: "text/plain", data: "Words" };
    const document = { type: "document", title: "Lease.txt", context: "Signed in May", source };
    for (const body of [inTurn(document), inResult(document)]) {
      for (const [name, encoded] of abroad(anthropicMessages, body)) {
        const sent = JSON.stringify(encoded.body);
        const carried = sent.includes("Words") || sent.includes("V29yZHM=");
        expect([name, carried, sent.includes("Lease.txt"), sent.includes("Signed in May")]).toEqual([
          name,
          true,
          true,
          true,
        ]);
        expect(encoded.dropped).toEqual([]);
      }
    }
  });

  test("a title gets the ending by which OpenAI knows a file", () => {
    const pdf = { type: "base64", media_type: "application/pdf", data: "AAAA" };
    const [[, chat], [, responses]] = abroad(
      anthropicMessages,
      inTurn({ type: "document", title: "Lease", source: pdf }),
    ) as [[string, EncodedRequest], [string, EncodedRequest]];
    expect(JSON.stringify(chat.body)).toContain('"filename":"Lease.pdf"');
    expect(JSON.stringify(responses.body)).toContain('"filename":"Lease.pdf"');
  });

  test("a block without words beside a tool's result is no lost question", () => {
    const { messages, ...rest } = inResult({ type: "text", text: "done" }) as { messages: JsonObject[] };
    const last = messages[2] as { role: string; content: JsonObject[] };
    const beside = { ...last, content: [...last.content, { type: "novelty", a: 1 }] };
    for (const [, { body, dropped }] of abroad(anthropicMessages, { ...rest, messages: messages.with(2, beside) })) {
      expect(JSON.stringify(body)).toContain("[This message cannot be shown here.]");
      expect(dropped).toEqual(["messages[2].content[1]"]);
    }
  });
});

describe("a file that lies at the caller's vendor", () => {
  const id = "file_0123";
  const [messages, chat, responses, gemini] = clients as readonly [Client, Client, Client, Client];
  const uri = "https://generativelanguage.googleapis.com/v1beta/files/0123";
  const files: readonly (readonly [string, Client, { readonly block: JsonObject; readonly path: string }, string])[] = [
    [
      "Anthropic's document",
      messages,
      { block: { type: "document", title: "Lease", source: { type: "file", file_id: id } }, path: "source.file_id" },
      '[The file "Lease" cannot be shown here.]',
    ],
    [
      "Anthropic's image",
      messages,
      { block: { type: "image", source: { type: "file", file_id: id } }, path: "source.file_id" },
      "[An image cannot be shown here.]",
    ],
    [
      "a file for Anthropic's container",
      messages,
      { block: { type: "container_upload", file_id: id }, path: "file_id" },
      "[A file cannot be shown here.]",
    ],
    [
      "OpenAI's file in a chat",
      chat,
      { block: { type: "file", file: { file_id: id } }, path: "file.file_id" },
      "[A file cannot be shown here.]",
    ],
    [
      "OpenAI's file",
      responses,
      { block: { type: "input_file", file_id: id, filename: "lease.pdf" }, path: "file_id" },
      '[The file "lease.pdf" cannot be shown here.]',
    ],
    [
      "OpenAI's image",
      responses,
      { block: { type: "input_image", file_id: id }, path: "file_id" },
      "[An image cannot be shown here.]",
    ],
    [
      "Gemini's file",
      gemini,
      { block: { fileData: { fileUri: uri, mimeType: "application/pdf" } }, path: "fileData.fileUri" },
      "[A file cannot be shown here.]",
    ],
  ];
  const kin = ["openai-chat", "openai-responses"];
  /** The same vendor's other protocol can read the same files. */
  const strangers = ({ protocol }: Client, all: (readonly [string, EncodedRequest])[]): typeof all =>
    all.filter(([name]) => !kin.includes(protocol.name) || !kin.includes(name));
  const words = (client: Client): JsonObject =>
    client === gemini ? { text: "Read it" } : { type: client === responses ? "input_text" : "text", text: "Read it" };

  describe.each(files)("%s", (...[, client, { block, path }, remark]) => {
    test.each(["inTurn", "inResult", "earlier"] as const)("is a remark in its place, and reported: %s", (where) => {
      const place = client.place[where === "inResult" ? "result" : "turn"];
      for (const [, { body, dropped }] of strangers(
        client,
        abroad(client.protocol, client[where](block, words(client))),
      )) {
        const sent = JSON.stringify(body);
        expect(sent).toContain(JSON.stringify(remark).slice(1, -1));
        expect(sent.indexOf("cannot be shown")).toBeLessThan(sent.indexOf("Read it"));
        expect(sent).not.toContain("0123");
        expect(dropped).toEqual([`${place}.${path}`]);
      }
    });

    test("alone in an earlier turn it is a remark too", () => {
      for (const [, { body }] of strangers(client, abroad(client.protocol, client.earlier(block))))
        expect(JSON.stringify(body)).toContain(JSON.stringify(remark).slice(1, -1));
    });

    test("alone in the question, or in the result that the model waits for, it makes the target unfit", () => {
      const unfit = (where: "turn" | "result"): unknown => ["unsupported", `${client.place[where]}.${path}`];
      const said = refusals(client.protocol, client.inTurn(block));
      expect(said.filter((one) => typeof one !== "string")).toContainEqual(unfit("turn"));
      if (client !== gemini) expect(refusals(client.protocol, client.inResult(block))).toContainEqual(unfit("result"));
    });

    test("goes back to its own vendor as it came", () => {
      const request = client.protocol.chat.request.decode(client.inTurn(block), hint);
      const [, target] = targets.find(([protocol]) => protocol === client.protocol) ?? [];
      const { body, dropped } = client.protocol.chat.request.encode(request, target!);
      expect(JSON.stringify(body)).toContain("0123");
      expect(dropped).toEqual([]);
    });
  });

  test("goes by its id to the same vendor's other protocol, and to no host that copied it", () => {
    const request = responses.protocol.chat.request.decode(
      responses.inTurn({ type: "input_file", file_id: id }, words(responses)),
      hint,
    );
    const encode = (facts: ReturnType<typeof openaiFacts>): string =>
      JSON.stringify(openaiChat.chat.request.encode(request, { model: "m", facts }).body);
    expect(encode(openaiFacts("gpt-4o"))).toContain(id);
    expect(encode({ ...openaiFacts("gpt-4o"), reasoningField: undefined })).not.toContain(id);
  });
});
