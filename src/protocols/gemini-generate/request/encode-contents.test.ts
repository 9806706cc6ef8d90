// The encoded conversation: roles, media, calls and results, signatures.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Message, Part, ToolCallPart, ToolResultPart } from "../../../core/chat.ts";
import type { GatewayFailure } from "../../../core/failure.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { stringOr } from "../../shared/read.ts";
import { objectsInMembers } from "../features/members.ts";
import { geminiGenerate } from "../protocol.ts";
import { budgetFacts, levelFacts, requestOf } from "../requests.test-support.ts";

const say = (role: Message["role"], ...parts: (Part | string)[]): Message => ({
  role,
  parts: parts.map((part) => (typeof part === "string" ? { type: "text", text: part } : part)),
  name: null,
});
const call = (id: string, ...[name = "look", args = "{}", signature]: [string?, string?, string?]): ToolCallPart => ({
  type: "tool-call",
  id,
  name,
  arguments: args,
  state: signature === undefined ? undefined : { protocol: "gemini-generate", value: signature },
});
const result = (id: string, text: string, isError = false): ToolResultPart => ({
  type: "tool-result",
  id,
  name: null,
  parts: [{ type: "text", text }],
  isError,
});

function encode(messages: Message[], facts: ModelFacts = budgetFacts(), model = "gemini-2.5-flash") {
  const encoded = geminiGenerate.chat.request.encode(requestOf({ messages }), { model, facts });
  return { ...encoded, contents: objectsInMembers(encoded.body["contents"]) };
}
const user = (...parts: JsonObject[]): JsonObject => ({ role: "user", parts });
const model = (...parts: JsonObject[]): JsonObject => ({ role: "model", parts });
const text = (text: string): JsonObject => ({ text });
const fc1 = (id: string, name = "look", args: JsonObject = {}): JsonObject => ({ functionCall: { id, name, args } });
const fr = (id: string, response: Json, name = "look"): JsonObject => ({ functionResponse: { id, name, response } });

describe("roles", () => {
  test("leading system and developer turns are hoisted", () => {
    const { body, adapted } = encode([say("system", "Be brief."), say("developer", "Be kind."), say("user", "Hi")]);
    expect(body).toEqual({
      systemInstruction: { parts: [text("Be brief."), text("Be kind.")] },
      contents: [user(text("Hi"))],
    });
    expect(adapted).toEqual([]);
  });

  test("a later one becomes the user's words, and is reported", () => {
    const { contents, adapted } = encode([
      say("user", "Hi"),
      say("assistant", "Yes?"),
      say("system", "Hurry."),
      say("user", "Go"),
    ]);
    expect(contents).toEqual([
      user(text("Hi")),
      model(text("Yes?")),
      user(text("<system>\nHurry.\n</system>"), text("Go")),
    ]);
    expect(adapted).toEqual(["messages[2].role:system>user"]);
  });

  test("one side speaking twice is merged, empty text is left out", () => {
    const { contents } = encode([
      say("user", "a", ""),
      say("user", "b"),
      say("assistant", "c"),
      say("assistant", "d"),
      say("user", "e"),
    ]);
    expect(contents).toEqual([user(text("a"), text("b")), model(text("c"), text("\n\nd")), user(text("e"))]);
  });

  test("the user has the first and the last word", () => {
    const { contents, adapted } = encode([say("assistant", "Hello"), say("user", "Hi"), say("assistant", "So:")]);
    expect(contents.map(({ role }) => role)).toEqual(["user", "model", "user", "model", "user"]);
    expect(adapted).toEqual(["messages:no user first>blank user turn", "messages:assistant last>blank user turn"]);
  });

  test("instructions alone still get a turn", () => {
    expect(encode([say("system", "Say hello.")]).contents).toEqual([user(text(" "))]);
  });

  test("names of participants are dropped", () => {
    expect(encode([{ ...say("user", "Hi"), name: "ann" }]).dropped).toEqual(["messages.name"]);
  });

  test("Gemma has no instructions of its own", () => {
    const { body } = encode([say("system", "Be brief."), say("user", "Hi")], budgetFacts(), "gemma-3-27b-it");
    expect(body).toEqual({ contents: [user(text("Be brief."), text("Hi"))] });
  });

  test("a refusal in the history is text", () => {
    const { contents, adapted } = encode([
      say("user", "a"),
      say("assistant", { type: "refusal", text: "No." }),
      say("user", "b"),
    ]);
    expect(contents[1]).toEqual(model(text("No.")));
    expect(adapted).toEqual(["messages.refusal:refusal>text"]);
  });
});

describe("media", () => {
  const png = { kind: "data", mediaType: "image/png", data: "AAAA" } as const;

  test.each<[string, Part, JsonObject]>([
    ["an image", { type: "image", source: png, detail: null }, { inlineData: { mimeType: "image/png", data: "AAAA" } }],
    [
      "a PDF",
      { type: "file", source: { ...png, mediaType: "application/pdf" }, filename: "document.pdf" },
      { inlineData: { mimeType: "application/pdf", data: "AAAA" } },
    ],
    [
      "a sound",
      { type: "file", source: { ...png, mediaType: "audio/wav" }, filename: null },
      { inlineData: { mimeType: "audio/wav", data: "AAAA" } },
    ],
    [
      "an address",
      { type: "image", source: { kind: "url", url: "https://x.test/a.png", mediaType: null }, detail: null },
      { fileData: { fileUri: "https://x.test/a.png" } },
    ],
    [
      "an uploaded file",
      {
        type: "file",
        source: { kind: "file-id", id: "gs://b/a.mp4", protocol: "gemini-generate", mediaType: "video/mp4" },
        filename: null,
      },
      { fileData: { mimeType: "video/mp4", fileUri: "gs://b/a.mp4" } },
    ],
  ])("%s", (_, part, wire) => {
    expect(encode([say("user", "See", part)]).contents).toEqual([user(text("See"), wire)]);
  });

  test("a document's name has no place here, and is said; so is what the caller says of it", () => {
    const source = { ...png, mediaType: "application/pdf" };
    const part: Part = { type: "file", source, filename: "lease.pdf", context: "Signed in May." };
    const wire = { inlineData: { mimeType: "application/pdf", data: "AAAA" } };
    expect(encode([say("user", "See", part)]).contents).toEqual([
      user(text("See"), text("lease.pdf:\nSigned in May."), wire),
    ]);
  });

  test("a request of images only gets a word", () => {
    const { contents } = encode([say("user", { type: "image", source: png, detail: null })]);
    expect(contents[0]?.["parts"]).toContainEqual(text(" "));
  });

  test("detail is a level for all images, the closest look that one of them asks for", () => {
    const look = (...details: (string | null)[]) => {
      const images = details.map((detail) => ({ type: "image", source: png, detail }) as const);
      const { body, adapted, dropped } = encode([say("user", "x", ...images)]);
      expect(dropped).toEqual([]);
      return [body["generationConfig"], adapted];
    };
    expect(look("high")).toEqual([{ mediaResolution: "MEDIA_RESOLUTION_HIGH" }, []]);
    expect(look("low", "low")).toEqual([{ mediaResolution: "MEDIA_RESOLUTION_LOW" }, []]);
    expect(look("auto", null)).toEqual([undefined, []]);
    expect(look("low", "high")).toEqual([{ mediaResolution: "MEDIA_RESOLUTION_HIGH" }, ["image_url.detail:each>high"]]);
    expect(look("low", null)).toEqual([undefined, ["image_url.detail:each>default"]]);
  });

  test.each<[Part, Partial<ModelFacts>, string]>([
    [{ type: "image", source: png, detail: null }, { images: false }, "image_url"],
    [{ type: "file", source: { ...png, mediaType: "application/pdf" }, filename: null }, { pdf: false }, "file"],
    [{ type: "file", source: { ...png, mediaType: "audio/wav" }, filename: null }, { audio: false }, "input_audio"],
  ])("what the model cannot take makes it unfit (%#)", (part, facts, param) => {
    expect(failureOf(() => encode([say("user", part)], budgetFacts(facts)))).toMatchObject({
      code: "unsupported",
      status: 400,
      param,
    });
  });
});

function failureOf(act: () => unknown): GatewayFailure | null {
  try {
    act();
    return null;
  } catch (error) {
    return error as GatewayFailure;
  }
}

describe("calls and results", () => {
  test("trap 16: all results of a turn in one content, in the order of the calls, with their names", () => {
    const { contents } = encode([
      say("user", "Weather?"),
      say("assistant", call("a", "rain", '{"city":"Rome"}'), call("b", "wind")),
      say("tool", result("b", "calm")),
      say("tool", result("a", '{"mm":3}')),
    ]);
    expect(contents.slice(1)).toEqual([
      model(fc1("a", "rain", { city: "Rome" }), fc1("b", "wind")),
      user(fr("a", { mm: 3 }, "rain"), fr("b", { output: "calm" }, "wind")),
    ]);
  });

  test("trap 17: a missing result is made up, one without a call is told, both are reported", () => {
    const { contents, dropped, adapted } = encode([
      say("user", "x"),
      say("assistant", call("a"), call("b")),
      say("tool", result("b", "1")),
      say("tool", result("zz", "2")),
      say("user", "go on"),
    ]);
    expect(contents.slice(2)).toEqual([
      user(fr("a", { output: "[no result]" }), fr("b", { output: "1" })),
      user(text("<tool_result>\n2\n</tool_result>"), text("go on")),
    ]);
    expect(dropped).toEqual([]);
    expect(adapted).toEqual(["messages.tool:missing>[no result]", "messages.tool:no call>user"]);
  });

  test("results stand alone: what the user says with them comes after, in a content of its own", () => {
    for (const facts of [budgetFacts(), levelFacts()]) {
      const { contents } = encode(
        [
          say("user", "x"),
          say("assistant", call("a", "look", "{}", "S")),
          say("tool", result("a", "1")),
          say("user", "hurry"),
        ],
        facts,
      );
      expect(contents.slice(2)).toEqual([user(fr("a", { output: "1" })), user(text("hurry"))]);
    }
  });

  test("trap 18: results come first, also where they came after the user", () => {
    const { contents } = encode([
      say("user", "x"),
      say("assistant", call("a")),
      say("user", "well?"),
      say("tool", result("a", "1")),
    ]);
    expect(contents.slice(2)).toEqual([user(fr("a", { output: "1" })), user(text("well?"))]);
  });

  test("trap 19: a turn of calls without text keeps its results", () => {
    const { contents } = encode([say("user", "x"), say("assistant", "", call("a")), say("tool", result("a", "1"))]);
    expect(contents.slice(1)).toEqual([model(fc1("a")), user(fr("a", { output: "1" }))]);
  });

  test("calls of two messages in a row are one turn", () => {
    const { contents } = encode([
      say("user", "x"),
      say("assistant", call("a")),
      say("assistant", call("b")),
      say("tool", result("a", "1"), result("b", "2")),
    ]);
    expect(contents.slice(1)).toEqual([
      model(fc1("a"), fc1("b")),
      user(fr("a", { output: "1" }), fr("b", { output: "2" })),
    ]);
  });

  test("the same id in two turns is two calls", () => {
    const { contents } = encode([
      say("user", "x"),
      say("assistant", call("a")),
      say("tool", result("a", "1")),
      say("assistant", call("a")),
      say("tool", result("a", "2")),
    ]);
    const second = objectsInMembers(contents[3]?.["parts"])[0]?.["functionCall"] as JsonObject;
    expect(contents[2]).toEqual(user(fr("a", { output: "1" })));
    expect(contents[4]).toEqual(user(fr(stringOr(second["id"], ""), { output: "2" })));
    expect(second["id"]).not.toBe("a");
  });

  test.each<[string, string, JsonObject]>([
    ["none", "", {}],
    ["an object", '{"a":1}', { a: 1 }],
    ["broken JSON", '{"a":', { _raw: '{"a":' }],
    ["no object", "[1]", { _raw: "[1]" }],
  ])("arguments: %s", (_, given, args) => {
    const { contents } = encode([
      say("user", "x"),
      say("assistant", call("a", "look", given)),
      say("tool", result("a", "1")),
    ]);
    expect(contents[1]).toEqual(model(fc1("a", "look", args)));
  });

  test.each<[string, string, boolean, JsonObject]>([
    ["text", "calm", false, { output: "calm" }],
    ["an object", '{"a":1}', false, { a: 1 }],
    ["a list", "[1,2]", false, { output: [1, 2] }],
    ["a number stays text", "00123", false, { output: "00123" }],
    ["nothing", "", false, { output: "" }],
    ["an error", "boom", true, { error: "boom" }],
    ["an error object", '{"code":7}', true, { error: { code: 7 } }],
    ["an object that tells of its error", '{"error":"boom"}', true, { error: "boom" }],
    ["the reserved $ref", '{"a":[{"$ref":"#/b"}]}', false, { output: '{"a":[{"$ref":"#/b"}]}' }],
    ["numbers that would change", '{"id":12345678901234567890}', false, { output: '{"id":12345678901234567890}' }],
    ["long digits in text do not", '{"id":"12345678901234567890"}', false, { id: "12345678901234567890" }],
  ])("a result: %s", (_, ...[given, isError, response]) => {
    const { contents } = encode([
      say("user", "x"),
      say("assistant", call("a")),
      say("tool", result("a", given, isError)),
    ]);
    expect(contents[2]).toEqual(user(fr("a", response)));
  });

  test("media of a result belong to it from 3 on, and come after it before", () => {
    const image: Part = { type: "image", source: { kind: "data", mediaType: "image/png", data: "AAAA" }, detail: null };
    const messages = [
      say("user", "x"),
      say("assistant", call("a")),
      say("tool", { ...result("a", "seen"), parts: [{ type: "text", text: "seen" }, image] }),
    ];
    const inlineData = { mimeType: "image/png", data: "AAAA" };
    expect(encode(messages).contents.slice(2)).toEqual([user(fr("a", { output: "seen" })), user({ inlineData })]);
    expect(encode(messages, levelFacts()).contents[2]).toEqual(
      user({ functionResponse: { id: "a", name: "look", response: { output: "seen" }, parts: [{ inlineData }] } }),
    );
  });
});

describe("reasoning state", () => {
  const dummy = "skip_thought_signature_validator";
  const signatures = (messages: Message[], facts = levelFacts()) =>
    encode(messages, facts).contents.flatMap(({ parts }) =>
      objectsInMembers(parts).flatMap((part) =>
        part["functionCall"] === undefined ? [] : [part["thoughtSignature"] ?? null],
      ),
    );

  test("trap 11: unsigned calls of the current turn get the stand-in, the first of each step only", () => {
    const messages = [
      say("user", "x"),
      say("assistant", call("a"), call("b")),
      say("tool", result("a", "1"), result("b", "2")),
      say("assistant", call("c")),
      say("tool", result("c", "3")),
    ];
    expect(signatures(messages)).toEqual([dummy, null, dummy]);
    expect(encode(messages, levelFacts()).adapted).toEqual(["thought_signature:none>stand-in"]);
    expect(signatures(messages, budgetFacts())).toEqual([null, null, null]);
  });

  test("trap 13: turns before are left alone, and a real signature wins", () => {
    const messages = [
      say("user", "x"),
      say("assistant", call("a")),
      say("tool", result("a", "1")),
      say("assistant", "done"),
      say("user", "again"),
      say("assistant", call("b", "look", "{}", "REAL"), call("c")),
      say("tool", result("b", "2"), result("c", "3")),
    ];
    expect(signatures(messages)).toEqual([null, "REAL", null]);
  });

  test("what the user adds to results does not begin a turn", () => {
    const messages = [
      say("user", "x"),
      say("assistant", call("a")),
      say("tool", result("a", "1")),
      say("user", "hurry"),
    ];
    expect(signatures(messages)).toEqual([dummy]);
  });

  test("own state goes back on its own part, byte for byte", () => {
    const state = { protocol: "gemini-generate", value: "S+/=" } as const;
    const { contents, dropped } = encode([
      say("user", "x"),
      say(
        "assistant",
        { type: "reasoning", text: "hm", state },
        { type: "text", text: "", state },
        { type: "text", text: "y", state },
      ),
      say("user", "z"),
    ]);
    const thoughtSignature = "S+/=";
    expect(contents[1]).toEqual(
      model(
        { text: "hm", thought: true, thoughtSignature },
        { text: "", thoughtSignature },
        { text: "y", thoughtSignature },
      ),
    );
    expect(dropped).toEqual([]);
  });

  test("trap 29: foreign state is removed and reported", () => {
    const state = { protocol: "anthropic-messages", value: "sig" } as const;
    const { contents, dropped } = encode([
      say("user", "x"),
      say(
        "assistant",
        { type: "reasoning", text: "hm", state },
        { type: "text", text: "y", state },
        { type: "foreign", state: { ...state, value: { type: "server_tool_use" } } },
      ),
      say("user", "z"),
    ]);
    expect(contents[1]).toEqual(model(text("y")));
    expect(dropped).toEqual(["messages[1].content", "reasoning_content"]);
  });

  test("own foreign parts go back whole", () => {
    const executableCode = { language: "PYTHON", code: "1" };
    const { contents } = encode([
      say("user", "x"),
      say("assistant", {
        type: "foreign",
        state: { protocol: "gemini-generate", value: { executableCode, thoughtSignature: "S" } },
      }),
      say("user", "z"),
    ]);
    expect(contents[1]).toEqual(model({ executableCode, thoughtSignature: "S" }));
  });
});

test("any history: roles in turn, the user first and last, a response for each call right after it", () => {
  const id = fc.constantFrom("a", "b", "c");
  const message: fc.Arbitrary<Message> = fc.oneof(
    fc
      .tuple(fc.constantFrom("user", "system", "assistant"), fc.constantFrom("", "hi"))
      .map(([role, words]) => say(role as Message["role"], words)),
    fc.uniqueArray(id, { minLength: 1 }).map((ids) => say("assistant", ...ids.map((one) => call(one)))),
    fc.uniqueArray(id, { minLength: 1 }).map((ids) => say("tool", ...ids.map((one) => result(one, "ok")))),
  );
  fc.assert(
    fc.property(fc.array(message, { maxLength: 12 }), fc.boolean(), (messages, signed) => {
      const { contents } = encode(messages, signed ? levelFacts() : budgetFacts());
      contents.forEach(({ role, parts }, index) => {
        const before = contents[index - 1];
        const behindResults = objectsInMembers(before?.["parts"]).some(
          (part) => part["functionResponse"] !== undefined,
        );
        if (before === undefined) expect(role).toBe("user");
        else if (!behindResults) expect(role).not.toBe(before["role"]);
        expect(objectsInMembers(parts).length).toBeGreaterThan(0);
        const idsIn = (key: string, at: number): Json[] =>
          objectsInMembers(contents[at]?.["parts"]).flatMap((part) =>
            part[key] === undefined ? [] : [(part[key] as JsonObject)["id"] ?? null],
          );
        if (role === "model") expect(idsIn("functionResponse", index + 1)).toEqual(idsIn("functionCall", index));
      });
      expect(contents.at(-1)?.["role"]).toBe("user");
    }),
  );
});
