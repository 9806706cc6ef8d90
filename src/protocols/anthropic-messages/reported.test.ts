// Reported changes to requests of other protocols: the limit to which thinking is added, and the tools that a subset
// excludes. Losses of the caller's own vendor features are reported first.
import { describe, expect, test } from "vitest";
import { claudeFacts } from "../../providers/facts.ts";
import { encoderFor, refusal, tool } from "./requests.test-support.ts";

const { encode } = encoderFor(claudeFacts);
const tools = [tool("a"), tool("b")];

describe("the report", () => {
  test("names the limit, with the thinking on top", () => {
    const reasoning = { effort: "low", budget: null, visible: null } as const;
    const { body, adapted } = encode({ reasoning, sampling: { maxTokens: 100 } });
    expect([body["max_tokens"], adapted]).toEqual([2148, expect.arrayContaining(["max_tokens:100>2148"])]);
  });

  test("has no word on a limit that nobody gave", () => {
    const { body, adapted } = encode({ sampling: { maxTokens: null } });
    expect([body["max_tokens"], adapted]).toEqual([32_000, []]);
  });

  test.each([
    ["required", "any"],
    ["auto", "auto"],
  ] as const)("names a subset of the tools (%s)", (mode, type) => {
    const { body, adapted } = encode({ tools, toolChoice: { kind: "subset", mode, names: ["b"] } });
    expect(body).toMatchObject({ tools: [{ name: "b" }], tool_choice: { type } });
    expect(adapted).toEqual([`tool_choice:allowed_tools>${mode}`]);
  });

  test("an answer that is stored elsewhere is asked of the next target, though nothing else is said", () => {
    const extras = { protocol: "openai-responses", fields: { previous_response_id: "resp_1" } } as const;
    const refused = refusal(() => encode({ messages: [], extras }));
    expect(refused).toMatchObject({ code: "unsupported", param: "previous_response_id" });
  });
});
