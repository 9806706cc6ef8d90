// The requests of coding agents to Responses, at every other vendor and at older models: all tools that the client runs
// are offered as functions, the history contains their calls, and new calls come back as the client's own kinds.
import { describe, expect, test } from "vitest";
import type { ChatRequest, ChatResponse, ToolCallPart } from "../../core/chat.ts";
import type { StreamEvent } from "../../core/event.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { Protocol, RequestCodec } from "../../core/protocol.ts";
import type { EncodedRequest } from "../../core/encoded-request.ts";
import { claudeFacts, compatibleFacts, geminiFacts, openaiFacts } from "../../providers/facts.ts";
import { anthropicMessages } from "../anthropic-messages/protocol.ts";
import { geminiGenerate } from "../gemini-generate/protocol.ts";
import { openaiChat } from "../openai-chat/protocol.ts";
import {
  agents,
  applyPatch,
  codexLiteRequest,
  codexRequest,
  opening,
  patch,
  patchGrammar,
  steps,
} from "./codex.test-support.ts";
import { encodeCallItem } from "./response/encode-call.ts";
import { callForms } from "./features/forms.ts";
import { membersOf } from "../shared/raw-members.test-support.ts";
import { openaiResponses } from "./protocol.ts";

const others: readonly (readonly [string, Protocol, Parameters<RequestCodec["encode"]>[1]])[] = [
  ["claude", anthropicMessages, { model: "claude-sonnet-4-5", facts: claudeFacts("claude-sonnet-4-5") }],
  ["gemini", geminiGenerate, { model: "gemini-3.8-flash", facts: geminiFacts("gemini-3.8-flash") }],
  ["a host", openaiChat, { model: "qwen3", facts: compatibleFacts({})("qwen3") }],
];

function decode(body: JsonObject): ChatRequest {
  return openaiResponses.chat.request.decode(body, { model: null, stream: false });
}

function toResponses(body: JsonObject, model: string): EncodedRequest {
  return openaiResponses.chat.request.encode(decode(body), { model, facts: openaiFacts(model) });
}

/** The names of the offered functions, in any protocol; the vendor's own search does not count. */
function offered({ body }: EncodedRequest): unknown[] {
  const tools = (body["tools"] ?? []) as JsonObject[];
  const list = tools.flatMap((tool) => (tool["functionDeclarations"] as JsonObject[] | undefined) ?? [tool]);
  const functions = list.filter(
    ({ type, googleSearch }) => googleSearch === undefined && type !== "web_search_20250305",
  );
  return functions.map((tool) => tool["name"] ?? (tool["function"] as JsonObject | undefined)?.["name"]);
}

/** Without its messages; a text may be a plain string. */
function ownKinds({ input, ...others }: JsonObject): JsonObject {
  const items = (input as JsonObject[]).filter(({ type }) => type !== "message");
  const plain = ({ output, ...item }: JsonObject): JsonObject =>
    output === undefined
      ? item
      : { ...item, output: Array.isArray(output) ? (output[0] as JsonObject)["text"] : output };
  return { ...others, input: items.map(plain) };
}

const history = [...opening, ...steps.command, ...steps.patch, ...steps.agent, ...steps.search];

describe("tools at the top", () => {
  const body = codexRequest("gpt-5.5", history);
  const names = [
    "exec_command",
    "apply_patch",
    "multi_agent_v1__spawn_agent",
    "multi_agent_v1__close_agent",
    "tool_search",
    "mcp__tracker__list_issues",
  ];

  test.each(others)("%s is offered all that the client carries out", (_name, protocol, target) => {
    const encoded = protocol.chat.request.encode(decode(body), target);
    expect(offered(encoded)).toEqual(names);
    expect(encoded.dropped).toContain("tools.image_generation");
    expect(/"web_search_20250305"|"googleSearch"/u.test(JSON.stringify(encoded.body))).toBe(protocol !== openaiChat);
    expect(encoded.dropped.filter((field) => /additional|namespace|search_call|input\..*content/u.test(field))).toEqual(
      [],
    );
    expect(JSON.stringify(encoded.body)).toContain(JSON.stringify(patchGrammar).slice(1, -1));
    expect(encoded.adapted).toContain("tools.apply_patch.format:grammar>description");
  });

  test("the history tells of all calls, and of what came of them", () => {
    const [, , target] = others[0]!;
    const { body: sent } = anthropicMessages.chat.request.encode(decode(body), target);
    const blocks = (sent["messages"] as JsonObject[]).flatMap(({ content }) =>
      Array.isArray(content) ? (content as JsonObject[]) : [],
    );
    const calls = blocks.filter(({ type }) => type === "tool_use").map(({ name, input }) => [name, input]);
    expect(calls).toEqual([
      ["exec_command", { cmd: "ls" }],
      ["apply_patch", { input: patch }],
      ["multi_agent_v1__spawn_agent", { task: "look" }],
      ["tool_search", { query: "issues" }],
    ]);
    const results = blocks.filter(({ type }) => type === "tool_result").map(({ content }) => content);
    expect(results).toEqual([
      "Process exited with code 0",
      "Success. Added greeting.txt",
      "agent 7",
      "These tools can be called now:\n- mcp__tracker__list_issues: Lists issues.",
    ]);
  });

  test("its own vendor gets it as it was", () => {
    expect(ownKinds(toResponses(body, "gpt-5.5").body)).toEqual(ownKinds(body));
    const lite = codexLiteRequest("gpt-5.6-sol", [...opening, ...steps.script]);
    expect(ownKinds(toResponses(lite, "gpt-5.6-sol").body)).toEqual(ownKinds(lite));
  });
});

describe("tools in the input", () => {
  const body = codexLiteRequest("gpt-5.6-sol", [...opening, ...steps.script]);
  const names = ["exec", "wait", "collaboration__spawn_agent", "collaboration__close_agent"];

  test.each(others)("%s is offered them", (_name, protocol, target) => {
    const encoded = protocol.chat.request.encode(decode(body), target);
    expect(offered(encoded)).toEqual(names);
    expect(encoded.dropped.filter((field) => /tools|content|metadata|^reasoning$/u.test(field))).toEqual([]);
  });

  test("what is said of a tool last holds, and what stands at the top before all", () => {
    const again = (description: string): JsonObject => ({
      type: "additional_tools",
      role: "developer",
      tools: [{ type: "function", name: "wait", description, parameters: null }],
    });
    const tools = [{ type: "function", name: "look", parameters: null }];
    const look = { ...again(""), tools: [{ type: "function", name: "look", description: "other" }] };
    const request = decode({ model: "m", tools, input: [again("old"), again("new"), look, ...opening] });
    expect(request.tools.map(({ name, description }) => [name, description])).toEqual([
      ["look", null],
      ["wait", "new"],
    ]);
  });

  test("what only the vendor carries out is left out there too", () => {
    const added = { type: "additional_tools", role: "developer", tools: [{ type: "file_search" }] };
    const asked = { model: "gpt-5.6-sol", input: [added, ...opening], tools: [{ type: "image_generation" }] };
    const [, , target] = others[0]!;
    const { dropped } = anthropicMessages.chat.request.encode(decode(asked), target);
    expect(dropped).toEqual(["tools.image_generation", "tools.file_search"]);
    expect(ownKinds(toResponses(asked, "gpt-5.6-sol").body)).toEqual(ownKinds(asked));
  });
});

describe("names", () => {
  const space = (name: string, ...tools: readonly string[]): JsonObject => ({
    type: "namespace",
    name,
    description: "",
    tools: tools.map((one) => ({ type: "function", name: one, parameters: null })),
  });
  const namesOf = (tools: readonly Json[]): string[] =>
    decode({ model: "m", input: "hi", tools }).tools.map(({ name }) => name);

  test("never meet", () => {
    const look = { type: "function", name: "look", parameters: null };
    expect(namesOf([look, space("functions", "look")])).toEqual(["look", "functions.look"]);
    expect(namesOf([space("a__b", "c"), space("a", "b__c"), space("a", "d")])).toEqual(["a__b.c", "a.b__c", "a__d"]);
  });

  test("a function that the vendor's own search has put into a namespace is the function", () => {
    const tools = [{ type: "function", name: "rate", defer_loading: true, parameters: null }, { type: "tool_search" }];
    const call = { type: "function_call", call_id: "c", name: "rate", namespace: "rate", arguments: "{}" };
    const input = [...opening, call, { type: "function_call_output", call_id: "c", output: "1" }];
    const request = decode({ model: "gpt-5.5", input, tools });
    const names = request.messages.flatMap(({ parts }) =>
      parts.flatMap((part) => (part.type === "tool-call" ? [part.name] : [])),
    );
    expect([names, request.tools.map(({ name }) => name)]).toEqual([["rate"], ["rate"]]);
    expect(toResponses({ model: "gpt-5.5", input, tools }, "gpt-5.5").body["input"]).toContainEqual(call);
  });

  test("one with a dot is spelled for those who take none, and read back", () => {
    const look = { type: "function", name: "look", parameters: null };
    const request = decode({ model: "m", input: "hi", tools: [look, space("functions", "look")] });
    const [, , target] = others[0]!;
    const { names, body } = anthropicMessages.chat.request.encode(request, target);
    const [, wire] = (body["tools"] as JsonObject[]).map(({ name }) => name as string);
    expect(names?.get(wire ?? "")).toBe("functions.look");
  });

  test("a choice names the tool by its own name", () => {
    const choice = { type: "function", name: "spawn_agent" };
    const asked = { ...codexRequest("gpt-5.5"), tool_choice: choice };
    expect(decode(asked).toolChoice).toEqual({ kind: "tool", name: "multi_agent_v1__spawn_agent" });
    const [, , target] = others[0]!;
    expect(anthropicMessages.chat.request.encode(decode(asked), target).body["tool_choice"]).toMatchObject({
      name: "multi_agent_v1__spawn_agent",
    });
  });
});

describe("older models of its own vendor, and hosts that copied the protocol", () => {
  test.each(["gpt-5.2", "gpt-4o"])("%s gets functions", (model) => {
    const target = { model, facts: openaiFacts(model) };
    for (const asked of [codexRequest(model, history), codexLiteRequest(model, [...opening, ...steps.script])]) {
      expect(openaiResponses.chat.request.fits?.(membersOf(asked), target)).toBe(false);
      const { body, dropped } = toResponses(asked, model);
      const kinds = new Set((body["tools"] as JsonObject[]).map(({ type }) => type));
      const items = new Set((body["input"] as JsonObject[]).map(({ type }) => type));
      expect([...kinds].filter((kind) => kind === "namespace" || kind === "tool_search")).toEqual([]);
      expect(["additional_tools", "tool_search_call", "tool_search_output"].filter((type) => items.has(type))).toEqual(
        [],
      );
      expect(JSON.stringify(body)).not.toContain('"namespace"');
      expect(kinds.has("custom")).toBe(model === "gpt-5.2");
      expect(dropped).not.toContain("tools.image_generation");
    }
  });

  test("a hosted search among tools is left out and said", () => {
    const asked = { model: "gpt-5.2", input: "hi", tools: [{ type: "tool_search" }, agents] };
    const { body, dropped } = toResponses(asked, "gpt-5.2");
    expect([(body["tools"] as JsonObject[]).length, dropped]).toEqual([2, ["tools.tool_search"]]);
  });

  test("a model that knows them gets the caller's bytes", () => {
    const target = { model: "gpt-5.5", facts: openaiFacts("gpt-5.5") };
    expect(openaiResponses.chat.request.fits?.(membersOf(codexRequest("gpt-5.5", history)), target)).toBe(true);
    const grok = { model: "grok-4.6", facts: compatibleFacts({})("grok-4.6") };
    expect(openaiResponses.chat.request.fits?.(membersOf(codexRequest("grok-4.6")), grok)).toBe(false);
  });
});

describe("calls come back as the client's own", () => {
  const shells = [{ type: "local_shell" }, { type: "shell" }];
  const body = codexRequest("gpt-5.5", history);
  const all = decode({ ...body, tools: [...(body["tools"] as Json[]), ...shells] });
  const cases: readonly (readonly [string, Pick<ToolCallPart, "name" | "arguments">, JsonObject])[] = [
    [
      "a function",
      { name: "exec_command", arguments: '{"cmd":"ls"}' },
      { type: "function_call", name: "exec_command", arguments: '{"cmd":"ls"}' },
    ],
    [
      "free text",
      { name: "apply_patch", arguments: JSON.stringify({ input: patch }) },
      { type: "custom_tool_call", name: "apply_patch", input: patch },
    ],
    [
      "a function in a namespace",
      { name: "multi_agent_v1__spawn_agent", arguments: "{}" },
      { type: "function_call", name: "spawn_agent", namespace: "multi_agent_v1", arguments: "{}" },
    ],
    [
      "a function that a search has found",
      { name: "mcp__tracker__list_issues", arguments: "{}" },
      { type: "function_call", name: "list_issues", namespace: "mcp__tracker" },
    ],
    [
      "a search among tools",
      { name: "tool_search", arguments: '{"query":"x"}' },
      { type: "tool_search_call", execution: "client", arguments: { query: "x" } },
    ],
    [
      "a local shell",
      { name: "local_shell", arguments: '{"command":["ls","-l"],"timeout_ms":5}' },
      { type: "local_shell_call", action: { type: "exec", command: ["ls", "-l"], env: {}, timeout_ms: 5 } },
    ],
    [
      "a shell",
      { name: "shell", arguments: '{"commands":["ls"]}' },
      { type: "shell_call", action: { commands: ["ls"] } },
    ],
    [
      "one whose arguments are no call",
      { name: "local_shell", arguments: '{"command":"ls"}' },
      { type: "function_call", name: "local_shell", arguments: '{"command":"ls"}' },
    ],
  ];
  const options = { id: "resp_1", created: 1, includeUsage: false, echo: body, tools: all.tools };

  test.each(cases)("%s, whole", (_what, call, expected) => {
    const parts = [{ type: "tool-call", id: "call_9", ...call } as const];
    const choice = {
      index: 0,
      parts,
      finish: "tool_calls",
      rawFinish: null,
      stopSequence: null,
      logprobs: null,
    } as const;
    const extras = { protocol: "anthropic-messages", fields: {} } as const;
    const answer: ChatResponse = { id: "", model: "m", created: 1, choices: [choice], usage: null, extras };
    const { output } = openaiResponses.chat.response.encode(answer, options);
    expect(output).toMatchObject([{ ...expected, call_id: "call_9", status: "completed" }]);
  });

  test.each(cases)("%s, streamed", (_what, { name, arguments: text }, expected) => {
    const events: StreamEvent[] = [
      { type: "start", id: "", model: "m", created: 1 },
      { type: "tool-start", choice: 0, tool: 0, id: "call_9", name },
      { type: "tool-delta", choice: 0, tool: 0, arguments: text.slice(0, 3) },
      { type: "tool-delta", choice: 0, tool: 0, arguments: text.slice(3) },
      { type: "tool-end", choice: 0, tool: 0 },
      { type: "finish", choice: 0, reason: "tool_calls", raw: null },
    ];
    const encoder = openaiResponses.chat.stream.encoder(options);
    const frames = (encoder.step(events) + encoder.end()).split("\n").flatMap((line) => {
      const [field, ...rest] = line.split(": ");
      return field === "data" ? [JSON.parse(rest.join(": ")) as JsonObject] : [];
    });
    const wanted = { ...expected, call_id: "call_9", status: "completed" };
    expect(frames.filter(({ type }) => type === "response.output_item.done")).toMatchObject([{ item: wanted }]);
    expect(frames.at(-1)).toMatchObject({ response: { output: [wanted] } });
  });

  test("a patch by the vendor's own kind of tool", () => {
    const { tools } = decode({ model: "m", input: "hi", tools: [{ type: "apply_patch" }] });
    const call = {
      type: "tool-call",
      id: "c",
      name: "apply_patch",
      arguments: '{"type":"delete_file","path":"a"}',
    } as const;
    expect(
      encodeCallItem(call, { response: "r", index: 0, status: "completed", forms: callForms(tools) }),
    ).toMatchObject({
      type: "apply_patch_call",
      operation: { type: "delete_file", path: "a" },
      status: "completed",
    });
  });

  test("a tool of the vendor's kind beside one of that name is left out", () => {
    const request = decode({ model: "m", input: "hi", tools: [{ type: "apply_patch" }, applyPatch] });
    expect(request.tools.map(({ freeText }) => freeText !== undefined)).toEqual([true]);
    const [, , target] = others[0]!;
    expect(anthropicMessages.chat.request.encode(request, target).dropped).toEqual(["tools.apply_patch"]);
  });

  test("what its own vendor said of it goes before what was declared", () => {
    const wire = {
      id: "resp_9",
      model: "m",
      status: "completed",
      output: [
        { type: "custom_tool_call", id: "ctc_1", call_id: "c1", name: "exec", namespace: "functions", input: "1" },
        { type: "function_call", id: "fc_1", call_id: "c2", name: "apply_patch", namespace: "x", arguments: "{}" },
      ],
    };
    const answer = openaiResponses.chat.response.decode(wire);
    if ("verdict" in answer) throw new Error(answer.message);
    expect(openaiResponses.chat.response.encode(answer, options)["output"]).toMatchObject(wire.output);
  });
});

test("a call and its seal survive another vendor's turn", () => {
  const seal = { understudy: { protocol: "gemini-generate", value: "c2ln" } };
  const [called, ...output] = steps.patch;
  const input = [...opening, { ...called, extra_content: seal }, ...output];
  const { body } = toResponses(codexRequest("gpt-5.5", input), "gpt-5.5");
  expect((body["input"] as JsonObject[]).slice(-2)).toMatchObject([
    { type: "custom_tool_call", name: "apply_patch", input: patch },
    { type: "custom_tool_call_output" },
  ]);
});
