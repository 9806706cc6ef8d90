// @google/genai: a hand-made loop over streams; the contents of an answer go back as they came.
import { GoogleGenAI } from "@google/genai";
import { description, insist, KEY, MODEL, ORIGIN, run, schema, TASK } from "./tool.mjs";

const client = new GoogleGenAI({ apiKey: KEY, httpOptions: { baseUrl: ORIGIN } });
const config = { tools: [{ functionDeclarations: [{ name: "run", description, parametersJsonSchema: schema }] }] };
const contents = [{ role: "user", parts: [{ text: TASK }] }];

async function ask() {
  const parts = [];
  let finish;
  for await (const chunk of await client.models.generateContentStream({ model: MODEL, contents, config })) {
    const [candidate] = chunk.candidates ?? [];
    parts.push(...(candidate?.content?.parts ?? []));
    finish = candidate?.finishReason ?? finish;
  }
  if (finish === undefined) console.error("error: an answer without an ending, and nothing was thrown");
  return parts;
}

for (;;) {
  const parts = await insist(ask);
  console.log(parts.map(({ text = "", thought }) => (thought ? "" : text)).join(""));
  const calls = parts.filter(({ functionCall }) => functionCall !== undefined);
  if (calls.length === 0) break;
  contents.push({ role: "model", parts });
  const results = calls.map(({ functionCall: { id, name, args } }) => ({
    functionResponse: { ...(id === undefined ? {} : { id }), name, response: { output: run(args) } },
  }));
  contents.push({ role: "user", parts: results });
}
