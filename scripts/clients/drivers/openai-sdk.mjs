// openai for JavaScript: Chat Completions and Responses, streamed, with the SDK's own accumulators.
import OpenAI from "openai";
import { description, insist, KEY, MODEL, ORIGIN, run, schema, TASK, WAY } from "./tool.mjs";

const client = new OpenAI({ baseURL: `${ORIGIN}/v1`, apiKey: KEY });

async function chat() {
  const tools = [{ type: "function", function: { name: "run", description, parameters: schema } }];
  const messages = [{ role: "user", content: TASK }];
  for (;;) {
    const answer = await insist(() => client.chat.completions.stream({ model: MODEL, messages, tools }).finalMessage());
    console.log(answer.content);
    if (!answer.tool_calls?.length) return;
    const { role, content, tool_calls } = answer;
    messages.push({ role, content, tool_calls });
    for (const { id, function: called } of answer.tool_calls)
      messages.push({ role: "tool", tool_call_id: id, content: run(JSON.parse(called.arguments)) });
  }
}

async function responses() {
  const tools = [{ type: "function", name: "run", description, parameters: schema, strict: false }];
  const input = [{ role: "user", content: TASK }];
  const asked = { model: MODEL, tools, store: false, include: ["reasoning.encrypted_content"] };
  for (;;) {
    const answer = await insist(() => client.responses.stream({ ...asked, input }).finalResponse());
    console.log(answer.output_text);
    const calls = answer.output.filter(({ type }) => type === "function_call");
    if (calls.length === 0) return;
    for (const { parsed_arguments: _parsed, ...item } of answer.output) {
      const content = item.content?.map(({ parsed: _own, ...part }) => part);
      input.push(content === undefined ? item : { ...item, content });
    }
    for (const call of calls)
      input.push({ type: "function_call_output", call_id: call.call_id, output: run(JSON.parse(call.arguments)) });
  }
}

await (WAY === "chat" ? chat() : responses());
