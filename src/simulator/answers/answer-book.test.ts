// Scripted answers in each dialect: text, calls of an offered tool, and both, whole and streamed.
import { describe, expect, test } from "vitest";
import { ask, eventsOf } from "../simulator.test-support.ts";
import { startSimulator, type Simulator } from "../simulator.ts";
import { vendors, type Vendor } from "../vocabulary.ts";

const script = [
  { say: "Let me see.", call: { look_outside: {}, get_weather: { city: "Oslo" } } },
  { when: "clear sky", say: "All done." },
] as const;

async function withScript<T>(use: (simulator: Simulator) => Promise<T>): Promise<T> {
  const simulator = await startSimulator();
  try {
    simulator.answerWith(script);
    return await use(simulator);
  } finally {
    await simulator.close();
  }
}

describe.each(vendors)("scripted answers of %s", (vendor: Vendor) => {
  test.each([true, false])("words and the call of a tool that is offered, streamed: %s", async (stream) => {
    await withScript(async (simulator) => {
      const response = await ask(simulator, vendor, { tools: true, stream });
      expect(response.status).toBe(200);
      const text = stream ? JSON.stringify(eventsOf(await response.text())) : await response.text();
      expect(joined(text)).toMatch(/Let me see\./u);
      expect(text).toContain("get_weather");
      expect(joined(text)).toMatch(/city\W+Oslo/u);
    });
  });

  test("without the tool the answer is the model's own", async () => {
    await withScript(async (simulator) => {
      const response = await ask(simulator, vendor);
      expect(await response.text()).not.toMatch(/Let me see|All done/u);
    });
  });

  test("the last one whose text the request contains plays", async () => {
    await withScript(async (simulator) => {
      const response = await ask(simulator, vendor, { tools: true, text: "It says: clear sky" });
      const text = await response.text();
      expect(text).toContain("All done.");
      expect(text).not.toContain("get_weather");
    });
  });
});

/** The text without the borders between a stream's pieces. */
function joined(text: string): string {
  const pieces = [...text.matchAll(/"(?:text|content|arguments|partial_json|delta)":"((?:[^"\\]|\\.)*)"/gu)];
  const said = pieces.map(([, piece]) => JSON.parse(`"${piece}"`) as string).join("");
  return said + text;
}

test("Responses: a tool that takes text is called with text", async () => {
  await withScript(async (simulator) => {
    simulator.answerWith([{ call: { apply: "*** Begin\n*** End" } }]);
    const response = await fetch(`${simulator.vendors.openai.baseUrl}/responses`, {
      method: "POST",
      headers: { authorization: "Bearer k", "content-type": "application/json" },
      body: JSON.stringify({ model: "gpt-5.1", input: "Apply it", tools: [{ type: "custom", name: "apply" }] }),
    });
    const { output } = (await response.json()) as { output: Record<string, unknown>[] };
    const call = output.find(({ type }) => type === "custom_tool_call");
    expect(call).toMatchObject({ name: "apply", input: "*** Begin\n*** End", status: "completed" });
  });
});

describe("over the control endpoint", () => {
  const put = (simulator: Simulator, body: unknown): Promise<Response> =>
    fetch(`${simulator.controlUrl}/answers`, { method: "PUT", body: JSON.stringify(body) });

  test("they are written, shown and forgotten", async () => {
    await withScript(async (simulator) => {
      const answers = [{ when: "bread", say: "Rye." }];
      expect(await (await put(simulator, { answers })).json()).toEqual({ answers });
      expect(await (await ask(simulator, "openai")).text()).toContain("Rye.");
      await fetch(`${simulator.controlUrl}/answers`, { method: "DELETE" });
      expect(await (await fetch(`${simulator.controlUrl}/answers`)).json()).toEqual({ answers: [] });
      expect(await (await ask(simulator, "openai")).text()).not.toContain("Rye.");
    });
  });

  test.each([
    [{}, '"answers" must be a list'],
    [{ answers: ["no"] }, "answers[0] must be an object"],
    [{ answers: [{ when: "x" }] }, 'answers[0] needs "say"'],
    [{ answers: [{ say: "" }] }, '"say" of answers[0]'],
    [{ answers: [{ say: "x", model: "y" }] }, 'answers[0] takes no "model"'],
    [{ answers: [{ call: { run: 1 } }] }, '"call" of answers[0]'],
  ])("wrong ones are named: %j", async (body, words) => {
    await withScript(async (simulator) => {
      const response = await put(simulator, body);
      expect(response.status).toBe(400);
      expect(((await response.json()) as { error: string }).error).toContain(words);
    });
  });
});
