// @anthropic-ai/sdk: a hand-made loop over streams, with the SDK's own accumulator.
import Anthropic from "@anthropic-ai/sdk";
import { description, insist, KEY, MODEL, ORIGIN, run, schema, TASK } from "./tool.mjs";

const client = new Anthropic({ baseURL: ORIGIN, apiKey: KEY });
const tools = [{ name: "run", description, input_schema: schema }];
const messages = [{ role: "user", content: TASK }];
for (;;) {
  const { content } = await insist(() =>
    client.messages.stream({ model: MODEL, max_tokens: 2000, messages, tools }).finalMessage(),
  );
  console.log(content.map(({ text = "" }) => text).join(""));
  const calls = content.filter(({ type }) => type === "tool_use");
  if (calls.length === 0) break;
  messages.push({ role: "assistant", content });
  const results = calls.map(({ id, input }) => ({ type: "tool_result", tool_use_id: id, content: run(input) }));
  messages.push({ role: "user", content: results });
}
