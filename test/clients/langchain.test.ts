// LangChain's ChatOpenAI.
import { tool } from "@langchain/core/tools";
import { HumanMessage, ToolMessage } from "@langchain/core/messages";
import { ChatOpenAI } from "@langchain/openai";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { openStage, type Stage } from "../support/stage.ts";

const states = [
  { name: "the primary is up", down: false },
  { name: "the primary is down", down: true },
] as const;

function modelOf(stage: Stage): ChatOpenAI {
  return new ChatOpenAI({
    model: "assistant",
    apiKey: "unused",
    maxRetries: 0,
    configuration: { baseURL: `${stage.url}/v1` },
  });
}

describe.each(states)("$name", ({ down }) => {
  async function open(): Promise<{ stage: Stage; model: ChatOpenAI }> {
    const stage = await openStage();
    if (down) stage.simulator.play("google", { fault: "status", status: 503 });
    return { stage, model: modelOf(stage) };
  }

  test("invoke", async () => {
    const { stage, model } = await open();
    await using _ = stage;
    const answer = await model.invoke("Say something kind.");
    expect(answer.text).toMatch(/\w{3}/u);
    expect((answer.usage_metadata as { output_tokens: number } | undefined)?.output_tokens).toBeGreaterThan(0);
  });

  test("stream", async () => {
    const { stage, model } = await open();
    await using _ = stage;
    let text = "";
    for await (const chunk of await model.stream("Tell me about rain.")) text += chunk.text;
    expect(text).toMatch(/\w{3}/u);
  });

  test.each([false, true])("tools over two turns (streamed: %s)", async (streamed) => {
    const { stage, model } = await open();
    await using _ = stage;
    const weather = tool(({ city }: { city: string }) => `clear in ${city}, 21 degrees`, {
      name: "get_weather",
      description: "The weather in a city",
      schema: z.object({ city: z.string() }),
    });
    const withTools = model.bindTools([weather]);
    const question = new HumanMessage("What is the weather in Paris?");
    let first = streamed ? undefined : await withTools.invoke([question]);
    if (first === undefined) {
      for await (const chunk of await withTools.stream([question]))
        first = first === undefined ? chunk : first.concat(chunk as never);
    }
    const calls = first?.tool_calls ?? [];
    expect(calls.length).toBeGreaterThan(0);
    const results = await Promise.all(
      calls.map(
        async (call) =>
          new ToolMessage({
            tool_call_id: call.id ?? "",
            content: await weather.invoke(call.args as { city: string }),
          }),
      ),
    );
    const second = await withTools.invoke([question, first as never, ...results]);
    expect(second.text).toMatch(/clear|21/u);
  });

  test("structured output", async () => {
    const { stage, model } = await open();
    await using _ = stage;
    const schema = z.object({ title: z.string(), minutes: z.number() });
    const answer = await model.withStructuredOutput(schema, { method: "jsonSchema" }).invoke("A recipe as JSON");
    expect(schema.safeParse(answer).success).toBe(true);
  });
});
