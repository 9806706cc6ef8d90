// A client that posts the body of a Responses request to chat completions gets a chat completion, whole and streamed, whoever
// answers: words, calls of both kinds, usage and errors.
import { afterAll, beforeAll, expect, test } from "vitest";
import { cursor } from "../support/agents/cursor.ts";
import { openStage, type Stage } from "../support/stage.ts";

const patch = "*** Begin\n+a line\n";
const targets = ["openai/gpt-5.1", "openai/gpt-4o", "anthropic/claude-sonnet-4-5", "google/gemini-2.5-flash"];

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  stage.simulator.answerWith([{ call: { ApplyPatch: patch, input: patch } }, { when: "it is done", say: "All done." }]);
});
afterAll(() => stage[Symbol.asyncDispose]());

const { body } = cursor.opening({ model: "any", task: "Patch the file." });
const input = body["input"] as object[];

function post(change: object): Promise<Response> {
  const headers = { "content-type": "application/json" };
  const request = { method: "POST", headers, body: JSON.stringify({ ...body, ...change }) };
  return fetch(`${stage.url}/v1/chat/completions`, request);
}

interface Call {
  readonly id?: string;
  readonly type?: string;
  readonly function: { readonly name?: string; readonly arguments: string };
}
interface Completion {
  readonly object: string;
  readonly choices: readonly {
    readonly message: { readonly content: string | null; readonly tool_calls?: readonly Call[] };
    readonly delta: { readonly tool_calls?: readonly Call[] };
    readonly finish_reason: string | null;
  }[];
  readonly usage?: { readonly total_tokens: number } | null;
}

test.each(targets)("a whole answer of %s, and the next turn", async (model) => {
  const answer = (await (await post({ model, stream: false, stream_options: undefined })).json()) as Completion;
  const [choice] = answer.choices;
  expect(answer).toMatchObject({ object: "chat.completion", usage: { total_tokens: expect.any(Number) as number } });
  expect(choice?.finish_reason).toBe("tool_calls");
  const [call] = choice?.message.tool_calls ?? [];
  expect(call).toMatchObject({ type: "function", function: { name: "ApplyPatch" } });
  const text = call?.function.arguments ?? "";
  expect(text).not.toBe("");
  const more = [
    ...input,
    { type: "function_call", call_id: call?.id, name: "ApplyPatch", arguments: text },
    { type: "function_call_output", call_id: call?.id, output: "it is done" },
  ];
  const last = (await (
    await post({ model, input: more, stream: false, stream_options: undefined })
  ).json()) as Completion;
  expect(last.choices[0]?.message.content).toBe("All done.");
});

test.each(targets)("a streamed answer of %s", async (model) => {
  const text = await (await post({ model })).text();
  const chunks = text
    .split("\n\n")
    .filter((line) => line.startsWith("data: {"))
    .map((line) => JSON.parse(line.slice(6)) as Completion);
  expect(text.trimEnd().endsWith("data: [DONE]")).toBe(true);
  const calls = chunks.flatMap(({ choices }) => choices.flatMap(({ delta }) => delta.tool_calls ?? []));
  expect(calls[0]).toMatchObject({ type: "function", function: { name: "ApplyPatch", arguments: "" } });
  expect(calls.map((call) => call.function.arguments).join("")).not.toBe("");
  expect(chunks.at(-1)?.usage?.total_tokens).toBeGreaterThan(0);
});

test("usage is told in a stream only where it was asked for", async () => {
  const text = await (await post({ model: "openai/gpt-5.1", stream_options: undefined })).text();
  expect(text).not.toContain("total_tokens");
});

test("an error comes in the form of chat completions", async () => {
  const answer = await post({ model: "openai/gpt-5.1", input: [{ type: "message", role: "nobody", content: "hi" }] });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: { type: "invalid_request_error", verdict: "bad_request" } });
});
