// The main job: Gemini Flash answers, and when it cannot, GPT-4o does, through the official OpenAI client.
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const question = [{ role: "user", content: "Why does a theatre keep an understudy?" }] as const;

function clientOf(stage: Stage): OpenAI {
  return new OpenAI({ apiKey: "unused", baseURL: `${stage.url}/v1`, maxRetries: 0 });
}

describe("the main job", () => {
  test("the list of models names the route, and has an id like every answer", async () => {
    await using stage = await openStage();
    const { data, response } = await clientOf(stage).models.list().withResponse();
    expect(data.data.map(({ id }) => id)).toContain("assistant");
    expect(response.headers.get("x-request-id")).toMatch(/^req_[0-9a-z]{24}$/u);
  });

  test("Gemini Flash answers a whole answer", async () => {
    await using stage = await openStage();
    const { data, response } = await clientOf(stage)
      .chat.completions.create({ model: "assistant", messages: [...question] })
      .withResponse();
    expect(data.choices[0]?.message.content).toMatch(/\w{3}/u);
    expect(data.choices[0]?.finish_reason).toBe("stop");
    expect(data.usage?.total_tokens).toBeGreaterThan(0);
    expect(response.headers.get("x-understudy-target")).toBe("google/gemini-2.5-flash");
    expect(attemptsOf(response.headers)).toEqual(["google/gemini-2.5-flash:ok:200"]);
  });

  test("Gemini Flash is overloaded: one retry, then GPT-4o answers", async () => {
    await using stage = await openStage();
    stage.simulator.play("google", { fault: "status", status: 503 });
    const { data, response } = await clientOf(stage)
      .chat.completions.create({ model: "assistant", messages: [...question] })
      .withResponse();
    expect(data.choices[0]?.message.content).toMatch(/\w{3}/u);
    expect(attemptsOf(response.headers)).toEqual([
      "google/gemini-2.5-flash:overloaded:503",
      "google/gemini-2.5-flash:overloaded:503",
      "openai/gpt-4o:ok:200",
    ]);
  });

  test("a stream: Gemini Flash answers, and when it is down GPT-4o does", async () => {
    await using stage = await openStage();
    const client = clientOf(stage);
    for (const served of ["google/gemini-2.5-flash", "openai/gpt-4o"]) {
      const { data, response } = await client.chat.completions
        .create({ model: "assistant", messages: [...question], stream: true, stream_options: { include_usage: true } })
        .withResponse();
      let text = "";
      let finish: string | null = null;
      let total = 0;
      for await (const chunk of data) {
        text += chunk.choices[0]?.delta.content ?? "";
        finish = chunk.choices[0]?.finish_reason ?? finish;
        total = chunk.usage?.total_tokens ?? total;
      }
      expect(text).toMatch(/\w{3}/u);
      expect(finish).toBe("stop");
      expect(total).toBeGreaterThan(0);
      expect(response.headers.get("x-understudy-target")).toBe(served);
      stage.simulator.play("google", { fault: "status", status: 500 });
    }
  });
});
