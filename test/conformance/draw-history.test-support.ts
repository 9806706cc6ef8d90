// Histories as agents leave them, drawn at random, and written in each client protocol: calls in numbers, ids that come twice
// or are odd, results that are missing, late or without a call, instructions anywhere, empty and cut texts. Not a test.
import fc from "fast-check";
import type { JsonObject } from "../../src/core/json.ts";
import type { Four } from "./protocols.test-support.ts";

export interface Call {
  readonly id: string;
  readonly tool: string;
}
export type Step =
  | { readonly kind: "system" | "developer" | "user" | "assistant"; readonly text: string }
  | { readonly kind: "calls"; readonly text: string; readonly calls: readonly Call[] }
  | { readonly kind: "results"; readonly results: readonly Call[]; readonly after: string | null };

export interface Story {
  readonly steps: readonly Step[];
  readonly tools: readonly string[];
}

const HALF = "\ud83d";
const tools = ["look", "look_up", "files.read", "mcp__a-very-long-name-of-a-server__with-a-very-long-name-of-a-tool"];
const text = fc.constantFrom("Well?", "a", "😀", `cut ${HALF}`, " ", "", "<system>\nx\n</system>", "1\n\n2");
const words = fc.constantFrom("Well?", "Look at the sky.", "😀", `cut ${HALF}`);
const id = fc.constantFrom("call_1", "call_1", "call_2", "toolu_01A", "functions.look:0", "a b", "x".repeat(120), "");
const call: fc.Arbitrary<Call> = fc.record({ id, tool: fc.constantFrom(...tools) });

/** A turn of calls with its results, as far as they came; what the agent says with them. */
const exchange: fc.Arbitrary<Step[]> = fc
  .record({
    text,
    calls: fc.array(call, { minLength: 1, maxLength: 3 }),
    between: fc.option(fc.record({ kind: fc.constantFrom("user", "system", "assistant"), text: words }), { freq: 6 }),
    answered: fc.constantFrom("all", "all", "all", "reversed", "first", "none", "twice"),
    after: fc.option(words),
  })
  .map(({ text: said, calls, between, answered, after }) => {
    const results = {
      all: calls,
      reversed: calls.toReversed(),
      first: calls.slice(0, 1),
      none: [],
      twice: [...calls, ...calls],
    }[answered];
    return [
      { kind: "calls", text: said, calls },
      ...(between === null ? [] : [between as Step]),
      ...(results.length === 0 ? [] : [{ kind: "results", results, after } as const]),
    ];
  });
const said: fc.Arbitrary<Step[]> = fc
  .record({ kind: fc.constantFrom("user", "user", "assistant", "system", "developer"), text })
  .map((step) => [step as Step]);
const orphans: fc.Arbitrary<Step[]> = fc
  .record({ results: fc.array(call, { minLength: 1, maxLength: 2 }), after: fc.option(words) })
  .map((step) => [{ kind: "results", ...step }]);

export const story: fc.Arbitrary<Story> = fc
  .record({
    opening: fc.array(fc.record({ kind: fc.constantFrom("system", "developer"), text: words }), { maxLength: 3 }),
    body: fc.array(fc.oneof({ arbitrary: exchange, weight: 4 }, said, said, { arbitrary: orphans, weight: 1 }), {
      maxLength: 6,
    }),
    /** Whether it ends on results. */
    open: fc.boolean(),
    offered: fc.array(fc.constantFrom(...tools), { maxLength: 5 }),
  })
  .map(({ opening, body, open, offered }) => {
    const steps = [...(opening as Step[]), ...body.flat()];
    const isOpen = open && steps.at(-1)?.kind === "results" && steps.some(({ kind }) => kind === "user");
    return { steps: isOpen ? steps : [...steps, { kind: "user", text: "Go on." }], tools: offered };
  });

const parameters = { type: "object", properties: { at: { type: "string" } } };

/** Two tools of one name are two servers' more often than not. */
const described = (name: string, index: number): string => `${name} of server ${index % 2}`;

export const write: Readonly<Record<Four, (story: Story) => JsonObject>> = {
  "openai-chat": ({ steps, tools: offered }) => ({
    model: "m",
    messages: steps.flatMap((step): JsonObject[] => {
      if (step.kind === "calls") {
        const calls = step.calls.map((one) => ({
          id: one.id,
          type: "function",
          function: { name: one.tool, arguments: "{}" },
        }));
        return [{ role: "assistant", content: step.text === "" ? null : step.text, tool_calls: calls }];
      }
      if (step.kind !== "results") return [{ role: step.kind, content: step.text }];
      const results = step.results.map((one, index) => ({
        role: "tool",
        tool_call_id: one.id,
        content: `result ${index}`,
      }));
      return [...results, ...(step.after === null ? [] : [{ role: "user", content: step.after }])];
    }),
    ...offering(
      offered.map((name, index) => ({
        type: "function",
        function: { name, description: described(name, index), parameters },
      })),
    ),
  }),
  "openai-responses": ({ steps, tools: offered }) => ({
    model: "m",
    store: false,
    input: steps.flatMap((step): JsonObject[] => {
      if (step.kind === "calls") {
        const calls = step.calls.map((one) => ({
          type: "function_call",
          call_id: one.id,
          name: one.tool,
          arguments: "{}",
        }));
        return [...(step.text === "" ? [] : [{ role: "assistant", content: step.text }]), ...calls];
      }
      if (step.kind !== "results") return [{ role: step.kind, content: step.text }];
      const results = step.results.map((one, index) => ({
        type: "function_call_output",
        call_id: one.id,
        output: `result ${index}`,
      }));
      return [...results, ...(step.after === null ? [] : [{ role: "user", content: step.after }])];
    }),
    ...offering(
      offered.map((name, index) => ({ type: "function", name, description: described(name, index), parameters })),
    ),
  }),
  "anthropic-messages": ({ steps, tools: offered }) => ({
    model: "m",
    max_tokens: 1000,
    ...instructing(steps),
    messages: steps.slice(leadingIn(steps)).flatMap((step): JsonObject[] => {
      if (step.kind === "calls") {
        const calls = step.calls.map((one) => ({ type: "tool_use", id: one.id, name: one.tool, input: { at: "x" } }));
        const spoken = step.text === "" ? [] : [{ type: "text", text: step.text }];
        return [{ role: "assistant", content: [...spoken, ...calls] }];
      }
      if (step.kind === "results") {
        const results = step.results.map((one, index) => ({
          type: "tool_result",
          tool_use_id: one.id,
          content: `result ${index}`,
        }));
        return [
          { role: "user", content: [...results, ...(step.after === null ? [] : [{ type: "text", text: step.after }])] },
        ];
      }
      const role = step.kind === "developer" ? "system" : step.kind;
      return [{ role, content: step.text }];
    }),
    ...offering(
      offered.map((name, index) => ({ name, description: described(name, index), input_schema: parameters })),
    ),
  }),
  "gemini-generate": ({ steps, tools: offered }) => ({
    contents: steps.flatMap((step): JsonObject[] => {
      if (step.kind === "calls") {
        const calls = step.calls.map((one) => ({
          functionCall: { ...(one.id === "" ? {} : { id: one.id }), name: one.tool, args: { at: "x" } },
        }));
        return [{ role: "model", parts: [...(step.text === "" ? [] : [{ text: step.text }]), ...calls] }];
      }
      if (step.kind === "results") {
        const results = step.results.map((one, index) => ({
          functionResponse: {
            ...(one.id === "" ? {} : { id: one.id }),
            name: one.tool,
            response: { output: `result ${index}` },
          },
        }));
        return [{ role: "user", parts: [...results, ...(step.after === null ? [] : [{ text: step.after }])] }];
      }
      return [{ role: step.kind === "assistant" ? "model" : "user", parts: [{ text: step.text }] }];
    }),
    ...(offered.length === 0
      ? {}
      : {
          tools: [
            {
              functionDeclarations: offered.map((name, index) => ({
                name,
                description: described(name, index),
                parameters: { type: "OBJECT", properties: { at: { type: "STRING" } } },
              })),
            },
          ],
        }),
  }),
};

function offering(tools_: readonly JsonObject[]): JsonObject {
  return tools_.length === 0 ? {} : { tools: tools_ };
}

function leadingIn(steps: readonly Step[]): number {
  return steps.findIndex(({ kind }) => kind !== "system" && kind !== "developer");
}

function instructing(steps: readonly Step[]): JsonObject {
  const texts = steps.slice(0, leadingIn(steps)).flatMap((step) => ("text" in step ? [step.text] : []));
  return texts.length === 0 ? {} : { system: texts.map((text_) => ({ type: "text", text: text_ })) };
}

/** As a client of the target's own protocol says it: what that refuses of names and blank texts is the client's matter. */
export function asOwn({ steps, tools: offered }: Story): Story {
  const plain = (name: string): string => name.replaceAll(".", "_").slice(0, 40);
  const named = (calls: readonly Call[]): Call[] => calls.map((one) => ({ ...one, tool: plain(one.tool) }));
  return {
    tools: offered.map(plain),
    steps: steps.map((step) => {
      if (step.kind === "results") return { ...step, results: named(step.results) };
      const words_ = step.text.trim() === "" ? "x" : step.text;
      return step.kind === "calls" ? { ...step, text: words_, calls: named(step.calls) } : { ...step, text: words_ };
    }),
  };
}
