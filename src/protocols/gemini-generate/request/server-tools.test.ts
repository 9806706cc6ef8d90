import { expect, test } from "vitest";
import type { JsonObject } from "../../../core/json.ts";
import { geminiGenerate } from "../protocol.ts";
import { budgetFacts, levelFacts } from "../requests.test-support.ts";

const contents = [{ role: "user", parts: [{ text: "Who plays Hamlet?" }] }];
const functionDeclarations = [{ name: "look" }];
const toolConfig = { includeServerSideToolInvocations: true };

function encode(body: JsonObject, facts = budgetFacts()): ReturnType<typeof geminiGenerate.chat.request.encode> {
  const request = geminiGenerate.chat.request.decode(
    { contents, ...body },
    { model: "gemini-2.5-flash", stream: false },
  );
  return geminiGenerate.chat.request.encode(request, { model: "gemini-2.5-flash", facts });
}

test("older models keep the functions, without the vendor's tools beside them", () => {
  const tools = [{ functionDeclarations, googleSearch: {} }, { url_context: {} }];
  expect(encode({ tools, toolConfig })).toMatchObject({
    body: { contents, tools: [{ functionDeclarations }] },
    dropped: ["tools.googleSearch", "tools.urlContext"],
  });
  expect(encode({ tools, toolConfig }).body).not.toHaveProperty("toolConfig");
});

test("older models keep the form of the answer", () => {
  const generationConfig = { responseMimeType: "application/json" };
  const { body, dropped } = encode({ tools: [{ googleSearch: {} }], generationConfig });
  expect(body).toEqual({ contents, generationConfig });
  expect(dropped).toEqual(["tools.googleSearch"]);
});

test("a tool that stands alone stays, and newer models take all of them", () => {
  expect(encode({ tools: [{ googleSearch: {} }] }).body).toMatchObject({ tools: [{ googleSearch: {} }] });
  const both = encode({ tools: [{ functionDeclarations }, { googleSearch: {} }], toolConfig }, levelFacts());
  expect(both).toMatchObject({ body: { tools: [{ googleSearch: {} }, { functionDeclarations }] }, dropped: [] });
});

test("newer models take both where the calls are shown, which is said in the caller's place", () => {
  const tools = [{ functionDeclarations }, { googleSearch: {} }];
  const functionCallingConfig = { mode: "VALIDATED" };
  const mixed = encode({ tools, toolConfig: { functionCallingConfig, retrievalConfig: {} } }, levelFacts());
  expect(mixed.body["toolConfig"]).toEqual({ functionCallingConfig, retrievalConfig: {}, ...toolConfig });
  expect(mixed.adapted).toEqual(["toolConfig.includeServerSideToolInvocations:false>true"]);
  // There the name of the default is refused.
  const usual = encode({ tools, toolConfig: { functionCallingConfig: { mode: "AUTO" } } }, levelFacts());
  expect(usual.body["toolConfig"]).toEqual(toolConfig);
  const never = encode({ tools, toolConfig: { functionCallingConfig: { mode: "NONE" } } }, levelFacts());
  expect(never).toMatchObject({ body: { toolConfig: { functionCallingConfig: { mode: "NONE" } } }, adapted: [] });
});

test("names of tools that nobody knows are told in characters that a header takes", () => {
  expect(encode({ tools: [{ functionDeclarations, "näh, tool": {} }] }).dropped).toEqual(["tools.n?h??tool"]);
});
