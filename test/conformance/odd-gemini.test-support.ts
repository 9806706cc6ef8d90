// Wishes of Gemini clients that some vendor behind the gateway takes, and Google refuses. Not a test.
import type { Json, JsonObject } from "../../src/core/json.ts";
import {
  adding,
  all,
  having,
  lacking,
  type OddWishes,
  opening,
  pixel,
  texts,
  within,
} from "./odd-wishes.test-support.ts";

const noArguments: JsonObject = { type: "OBJECT", properties: { a: { type: "STRING" } } };

function declared(name: string, members: JsonObject = {}): OddWishes[string] {
  return adding("tools", { functionDeclarations: [{ name, ...members }] });
}

const offered = declared("odd_tool", { description: "A tool." });

function user(...parts: readonly Json[]): JsonObject {
  return { role: "user", parts: [...parts] };
}

function model(...parts: readonly Json[]): JsonObject {
  return { role: "model", parts: [...parts] };
}

const call: JsonObject = { functionCall: { name: "odd_tool", args: {} } };

function answer(response: Json = { output: "done" }, members: JsonObject = {}): JsonObject {
  return { functionResponse: { name: "odd_tool", response, ...members } };
}

function step(...contents: readonly JsonObject[]): OddWishes[string] {
  return all(offered, adding("contents", user({ text: "Hi." }), ...contents));
}

function config(members: JsonObject): OddWishes[string] {
  return within("generationConfig", members);
}

function form(members: JsonObject): OddWishes[string] {
  return all(lacking("tools", "toolConfig"), config({ responseMimeType: "application/json", ...members }));
}

const settings: OddWishes = {
  "six stops": config({ stopSequences: texts(6) }),
  "an empty stop": config({ stopSequences: [""] }),
  "a high temperature": config({ temperature: 1.9 }),
  "a temperature above all": config({ temperature: 2.5 }),
  "topK of none": config({ topK: 0 }),
  "topK of -1": config({ topK: -1 }),
  "topK of one and a half": config({ topK: 40.5 }),
  penalties: config({ presencePenalty: 1, frequencyPenalty: -1 }),
  "penalties of two": config({ presencePenalty: 2, frequencyPenalty: -2 }),
  "an endless limit": config({ maxOutputTokens: 500_000 }),
  "a limit of none": config({ maxOutputTokens: 0 }),
  "one answer": config({ candidateCount: 1 }),
  "text as the only modality": config({ responseModalities: ["TEXT"] }),
  "logprobs that are off": config({ responseLogprobs: false }),
  logprobs: config({ responseLogprobs: true, logprobs: 2 }),
  "a level": config({ thinkingConfig: { thinkingLevel: "low" } }),
  "a level in capitals": config({ thinkingConfig: { thinkingLevel: "HIGH" } }),
  "a budget": config({ thinkingConfig: { thinkingBudget: 2000, includeThoughts: true } }),
  "an endless budget": config({ thinkingConfig: { thinkingBudget: 100_000 } }),
  "no budget": config({ thinkingConfig: { thinkingBudget: 0 } }),
  "a budget as it likes": config({ thinkingConfig: { thinkingBudget: -1 } }),
  "a level and a budget": config({ thinkingConfig: { thinkingLevel: "low", thinkingBudget: 1000 } }),
  "thoughts that are shown": config({ thinkingConfig: { includeThoughts: true } }),
  "a seed": config({ seed: 7 }),
  "a resolution": config({ mediaResolution: "MEDIA_RESOLUTION_LOW" }),
  "a civic answer": config({ enableEnhancedCivicAnswers: false }),
  labels: having({ labels: { team: "a" } }),
  safety: having({ safetySettings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }] }),
  "members that nobody knows": having({ frobnicate: true }),
  "a setting that nobody knows": config({ frobnicate: true }),
  "settings that are null": config({ temperature: null, topP: null, stopSequences: null }),
  "snake case": all(lacking("generationConfig"), having({ generation_config: { max_output_tokens: 300, top_k: 3 } })),
};

const forms: OddWishes = {
  JSON: form({}),
  "a form": form({ responseSchema: noArguments }),
  "a form in JSON Schema": form({
    responseJsonSchema: { type: "object", properties: { a: { type: ["string", "null"] } } },
  }),
  "both forms": form({ responseSchema: noArguments, responseJsonSchema: { type: "object" } }),
  "a form in small letters": form({ responseSchema: { type: "object", properties: { a: { type: "string" } } } }),
  "a form with members of JSON Schema": form({
    responseSchema: { type: "object", properties: { a: { type: "string" } }, additionalProperties: false },
  }),
  "a form of an enum": all(
    lacking("tools", "toolConfig"),
    config({ responseMimeType: "text/x.enum", responseSchema: { type: "STRING", enum: ["a", "b"] } }),
  ),
  "a form without JSON": all(lacking("tools", "toolConfig"), config({ responseSchema: noArguments })),
  "a form beside functions": all(
    offered,
    config({ responseMimeType: "application/json", responseSchema: noArguments }),
  ),
  "JSON beside functions": all(offered, config({ responseMimeType: "application/json" })),
};

const tools: OddWishes = {
  "no tools": all(lacking("toolConfig"), having({ tools: [] })),
  "a tool of nothing": all(lacking("toolConfig"), having({ tools: [{}] })),
  "no declarations": all(lacking("toolConfig"), having({ tools: [{ functionDeclarations: [] }] })),
  "a choice without tools": all(lacking("tools"), having({ toolConfig: { functionCallingConfig: { mode: "AUTO" } } })),
  "any without tools": all(lacking("tools"), having({ toolConfig: { functionCallingConfig: { mode: "ANY" } } })),
  "one tool": all(
    offered,
    having({ toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["odd_tool"] } } }),
  ),
  "one tool as the model likes": all(
    offered,
    having({ toolConfig: { functionCallingConfig: { mode: "AUTO", allowedFunctionNames: ["odd_tool"] } } }),
  ),
  "a tool that is not there": all(
    offered,
    having({ toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["nowhere"] } } }),
  ),
  "a checked choice": all(offered, having({ toolConfig: { functionCallingConfig: { mode: "VALIDATED" } } })),
  "the same tool twice": all(declared("twice"), declared("twice")),
  "a tool with dots": declared("my.tool-v2:x"),
  "a tool with blanks": declared("my tool"),
  "a tool that begins with a digit": declared("9lives"),
  "a tool with a long name": declared("n".repeat(140)),
  "a tool in small letters": declared("small", {
    parameters: { type: "object", properties: { a: { type: "string" } } },
  }),
  "a tool with members of JSON Schema": declared("schema", {
    parameters: { type: "object", properties: { a: { type: ["string", "null"] } }, additionalProperties: false },
  }),
  "a tool with an empty schema": declared("bare", { parameters: { type: "OBJECT", properties: {} } }),
  "a tool with two schemas": declared("two", { parameters: noArguments, parametersJsonSchema: { type: "object" } }),
  "a tool with its answer": declared("answers", {
    response: { type: "OBJECT", properties: { a: { type: "STRING" } } },
  }),
  "a tool with its behavior": declared("behaves", { behavior: "BLOCKING" }),
  "a tool with members of its own": declared("own", { strict: true }),
  "a search": adding("tools", { googleSearch: {} }),
  "many tools": all(...texts(130).map((name) => declared(name))),
};

const said: OddWishes = {
  "an answer that is begun": adding("contents", model({ text: "{" })),
  "an answer first": opening("contents", model({ text: "Welcome." })),
  "the user twice": adding("contents", user({ text: "One." }), user({ text: "Two." })),
  "a role of its own": adding("contents", { role: "assistant", parts: [{ text: "So." }] }, user({ text: "Hi." })),
  "no role": adding("contents", { parts: [{ text: "Hi." }] }),
  "a role for functions": step(model(call), { role: "function", parts: [answer()] }),
  "instructions as a role": opening("contents", { role: "system", parts: [{ text: "Be brief." }] }),
  "no parts": adding("contents", user(), user({ text: "Hi." })),
  "an empty part": adding("contents", user({}, { text: "Hi." })),
  "an empty text": adding("contents", user({ text: "" }, { text: "Hi." })),
  "an answer of an empty text": adding("contents", model({ text: "" }), user({ text: "Hi." })),
  "an answer of no parts": adding("contents", model(), user({ text: "Hi." })),
  "empty instructions": having({ systemInstruction: { parts: [{ text: "" }] } }),
  "instructions without parts": having({ systemInstruction: { parts: [] } }),
  "instructions of a role": having({ systemInstruction: { role: "system", parts: [{ text: "Be brief." }] } }),
  "instructions that are text": having({ systemInstruction: "Be brief." }),
  thoughts: adding("contents", model({ text: "Hm.", thought: true }, { text: "So." }), user({ text: "Hi." })),
  "a signature of another": adding("contents", model({ text: "So.", thoughtSignature: "c2ln" }), user({ text: "Hi." })),
  "an image of an old type": adding(
    "contents",
    user({ inlineData: { mimeType: "image/jpg", data: pixel } }, { text: "See?" }),
  ),
  "a part with members of its own": adding("contents", user({ text: "Hi.", id: "p1" })),
  "an image's resolution": adding(
    "contents",
    user({ inlineData: { mimeType: "image/png", data: pixel }, mediaResolution: { level: "MEDIA_RESOLUTION_HIGH" } }),
  ),
};

const steps: OddWishes = {
  "a call": step(model(call), user(answer())),
  "text beside an answer": step(model(call), user(answer(), { text: "Go on." })),
  "text before an answer": step(model(call), user({ text: "Before." }, answer())),
  "an image beside an answer": step(
    model(call),
    user(answer(), { inlineData: { mimeType: "image/png", data: pixel } }),
  ),
  "a call without an answer": step(model(call), user({ text: "Go on." })),
  "an answer without a call": step(user(answer())),
  "answers in two contents": step(model(call, call), user(answer()), user(answer())),
  "an answer that is text": step(model(call), user(answer("done"))),
  "an answer that is a list": step(model(call), user(answer(["done"]))),
  "an answer of nothing": step(model(call), user({ functionResponse: { name: "odd_tool" } })),
  "an answer with its id": step(
    model({ functionCall: { name: "odd_tool", args: {}, id: "c1" } }),
    user(answer({ output: "done" }, { id: "c1" })),
  ),
  "a call without arguments": step(model({ functionCall: { name: "odd_tool" } }), user(answer())),
  "a call whose arguments are null": step(model({ functionCall: { name: "odd_tool", args: null } }), user(answer())),
  "an answer of another name": step(
    model(call),
    user({ functionResponse: { name: "other_tool", response: { output: "done" } } }),
  ),
  "thoughts before a call": step(model({ text: "Hm.", thought: true }, call), user(answer())),
  "a call with a signature of another": step(model({ ...call, thoughtSignature: "c2ln" }), user(answer())),
  "a call first": all(offered, opening("contents", model(call), user(answer()))),
  "a call at the end": step(model(call)),
};

export const oddGemini: OddWishes = { ...settings, ...forms, ...tools, ...said, ...steps };
