// Efforts and budgets as a budget or a level, and the room for thinking.
import { describe, expect, test } from "vitest";
import type { ChatRequest, Reasoning } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { geminiGenerate } from "../protocol.ts";
import { budgetFacts, factsOf, levelFacts, requestOf } from "../requests.test-support.ts";

function encode(asked: Parameters<typeof requestOf>[0], facts: ModelFacts = factsOf()) {
  const { body, dropped, adapted } = geminiGenerate.chat.request.encode(requestOf(asked), { model: "gemini-x", facts });
  const { contents: _, ...rest } = body;
  return { body: rest, dropped, adapted };
}

const reason = (said: Partial<Reasoning>): Reasoning => ({ effort: null, budget: null, visible: null, ...said });
const pro = { reasoning: { style: "budget", minimum: 128, maximum: 32_768, off: 128 } } as const;
const lite = { reasoning: { style: "budget", minimum: 512, maximum: 24_576, off: 0 } } as const;
const minimal = { reasoning: { style: "level", levels: ["minimal", "low", "medium", "high"] } } as const;
const twoLevels = { reasoning: { style: "level", levels: ["low", "high"] } } as const;

describe("thinking", () => {
  test.each<[string, Partial<Reasoning> | null, number | null, ModelFacts, JsonObject | undefined, string[]]>([
    ["nothing said, no limit: the model's default", null, null, budgetFacts(), undefined, []],
    [
      "nothing said, a limit: off",
      null,
      256,
      budgetFacts(),
      { maxOutputTokens: 256, thinkingConfig: { thinkingBudget: 0 } },
      ["reasoning_effort:default>none"],
    ],
    [
      "nothing said, a limit, cannot be off: the least, and room",
      null,
      256,
      budgetFacts(pro),
      { maxOutputTokens: 384, thinkingConfig: { thinkingBudget: 128 } },
      ["reasoning_effort:default>budget 128", "max_tokens:256>384"],
    ],
    [
      "nothing said, a limit, levels: the lowest, and room",
      null,
      256,
      levelFacts(minimal),
      { maxOutputTokens: 1280, thinkingConfig: { thinkingLevel: "minimal" } },
      ["reasoning_effort:default>minimal", "max_tokens:256>1280"],
    ],
    [
      "room ends at the model's own limit",
      null,
      65_000,
      levelFacts(),
      { maxOutputTokens: 65_536, thinkingConfig: { thinkingLevel: "low" } },
      ["reasoning_effort:default>low", "max_tokens:65000>65536"],
    ],
    [
      "thoughts to be seen are not switched off",
      { visible: true },
      256,
      budgetFacts(),
      { maxOutputTokens: 256, thinkingConfig: { includeThoughts: true } },
      [],
    ],
    ["none", { effort: "none" }, null, budgetFacts(), { thinkingConfig: { thinkingBudget: 0 } }, []],
    [
      "none where it cannot be off",
      { effort: "none" },
      null,
      budgetFacts(pro),
      { thinkingConfig: { thinkingBudget: 128 } },
      ["reasoning_effort:none>budget 128"],
    ],
    [
      "none as a level",
      { effort: "none" },
      null,
      levelFacts(),
      { thinkingConfig: { thinkingLevel: "low" } },
      ["reasoning_effort:none>low"],
    ],
    ["minimal", { effort: "minimal" }, null, budgetFacts(), { thinkingConfig: { thinkingBudget: 512 } }, []],
    ["low", { effort: "low" }, null, budgetFacts(), { thinkingConfig: { thinkingBudget: 1024 } }, []],
    ["medium", { effort: "medium" }, null, budgetFacts(), { thinkingConfig: { thinkingBudget: 8192 } }, []],
    ["high", { effort: "high" }, null, budgetFacts(), { thinkingConfig: { thinkingBudget: 24_576 } }, []],
    [
      "xhigh is all there is",
      { effort: "xhigh" },
      null,
      budgetFacts(pro),
      { thinkingConfig: { thinkingBudget: 32_768 } },
      [],
    ],
    [
      "an effort leaves half of the limit",
      { effort: "high" },
      1000,
      budgetFacts(),
      { maxOutputTokens: 1000, thinkingConfig: { thinkingBudget: 500 } },
      ["reasoning_effort:budget 24576>budget 500"],
    ],
    [
      "a budget of the caller's stays",
      { budget: 2000 },
      3000,
      budgetFacts(),
      { maxOutputTokens: 3000, thinkingConfig: { thinkingBudget: 2000 } },
      [],
    ],
    [
      "a budget is brought into range",
      { budget: 100_000 },
      null,
      budgetFacts(),
      { thinkingConfig: { thinkingBudget: 24_576 } },
      ["thinking_budget:100000>24576"],
    ],
    [
      "a budget below the least",
      { budget: 5 },
      null,
      budgetFacts(lite),
      { thinkingConfig: { thinkingBudget: 512 } },
      ["thinking_budget:5>512"],
    ],
    [
      "a budget that the model chooses",
      { budget: -1 },
      null,
      budgetFacts(),
      { thinkingConfig: { thinkingBudget: -1 } },
      [],
    ],
    [
      "a level",
      { effort: "medium", visible: true },
      256,
      levelFacts(),
      { maxOutputTokens: 256, thinkingConfig: { includeThoughts: true, thinkingLevel: "medium" } },
      [],
    ],
    [
      "the nearest level",
      { effort: "minimal" },
      null,
      levelFacts(),
      { thinkingConfig: { thinkingLevel: "low" } },
      ["reasoning_effort:minimal>low"],
    ],
    [
      "the higher of two that are as near",
      { effort: "medium" },
      null,
      levelFacts(twoLevels),
      { thinkingConfig: { thinkingLevel: "high" } },
      ["reasoning_effort:medium>high"],
    ],
    [
      "more than the highest level",
      { effort: "max" },
      null,
      levelFacts(),
      { thinkingConfig: { thinkingLevel: "high" } },
      ["reasoning_effort:max>high"],
    ],
    [
      "a budget as a level, never both",
      { budget: 4000 },
      null,
      levelFacts(),
      { thinkingConfig: { thinkingLevel: "medium" } },
      ["thinking_budget:4000>medium"],
    ],
    ["a free budget as a level", { budget: -1 }, 50, levelFacts(), { maxOutputTokens: 50 }, []],
  ])("%s", (_, ...[said, maxTokens, facts, generationConfig, adapted]) => {
    const encoded = encode({ reasoning: said === null ? null : reason(said), sampling: { maxTokens } }, facts);
    expect(encoded).toEqual({ body: generationConfig === undefined ? {} : { generationConfig }, dropped: [], adapted });
  });

  test("a model that does not think: dropped, but for what it does anyway", () => {
    expect(encode({ reasoning: reason({ effort: "high" }) })).toEqual({
      body: {},
      dropped: ["reasoning_effort"],
      adapted: [],
    });
    expect(encode({ reasoning: reason({ effort: "none" }) }).dropped).toEqual([]);
    expect(encode({ reasoning: reason({ budget: 2048 }) }).dropped).toEqual(["thinking_budget"]);
  });

  test("a client of this protocol knows what its limit means", () => {
    const extras: ChatRequest["extras"] = { protocol: "gemini-generate", fields: {} };
    expect(encode({ extras, sampling: { maxTokens: 256 } }, budgetFacts()).body).toEqual({
      generationConfig: { maxOutputTokens: 256 },
    });
  });
});
