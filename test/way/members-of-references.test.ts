// Every member of the references of OpenAI, Mistral, Groq and OpenRouter, at every other host, as the stand-in of one that is down:
// the host is asked once with what is its own, or not at all, and whatever it did not get is told.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Json, JsonObject } from "../../src/core/json.ts";
import { compatibleRows } from "../../src/providers/compatible-rows.ts";
import { vectorHosts } from "../../src/providers/vector-hosts.ts";
import { type Host, unknownMembers } from "../../src/simulator/openai/check-host.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const messages = [{ role: "user", content: "Say it in JSON." }];
const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const tools = [{ type: "function", function: { name: "look", description: "Looks.", parameters } }];
const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };

const shared: JsonObject = {
  temperature: 0.5,
  top_p: 0.9,
  max_tokens: 50,
  stop: ["END"],
  seed: 7,
  presence_penalty: 0.1,
  frequency_penalty: 0.1,
  tools,
  tool_choice: "auto",
  parallel_tool_calls: true,
  user: "somebody",
  reasoning_effort: "low",
  metadata: { a: "b" },
};
const openai: JsonObject = {
  ...shared,
  logit_bias: { "50256": 1 },
  top_logprobs: 2,
  max_completion_tokens: 60,
  modalities: ["text"],
  store: true,
  verbosity: "low",
  moderation: { model: "omni" },
  prediction: { type: "content", content: "It" },
  prompt_cache_key: "key",
  prompt_cache_options: { mode: "implicit" },
  prompt_cache_retention: "24h",
  safety_identifier: "id",
  service_tier: "flex",
  function_call: "none",
  functions: [{ name: "older", parameters }],
};
const mistral: JsonObject = {
  temperature: 0.5,
  random_seed: 7,
  safe_prompt: true,
  prompt_mode: "reasoning",
  guardrails: [{ block_on_error: true }],
  prediction: { type: "content", content: "It" },
};
const groq: JsonObject = {
  citation_options: "enabled",
  compound_custom: { tools: {} },
  disable_tool_validation: true,
  documents: [{ source: { type: "text", text: "w" } }],
  exclude_domains: ["a.example"],
  include_domains: ["b.example"],
  include_reasoning: true,
  reasoning_format: "parsed",
  search_settings: { country: "fr" },
  service_tier: "on_demand",
};
const openrouter: JsonObject = {
  cache_control: { type: "ephemeral" },
  debug: { echo_upstream_body: true },
  image_config: { a: 1 },
  min_p: 0.1,
  models: ["a/b"],
  plugins: [{ id: "web" }],
  preset: "p",
  provider: { order: ["a"] },
  reasoning: { effort: "low", exclude: true },
  repetition_penalty: 1.1,
  route: "fallback",
  session_id: "s",
  stop_server_tools_when: [{ type: "max_cost" }],
  structured_outputs: true,
  top_a: 0.2,
  top_k: 10,
  trace: { trace_id: "t" },
  transforms: ["middle-out"],
  usage: { include: true },
};
const references = { openai, mistral, groq, openrouter };
/** Without them the answer would be another one: a host that lacks them is not asked. */
const wishes: JsonObject = {
  n: 2,
  logprobs: true,
  web_search_options: { search_context_size: "low" },
  response_format: { type: "json_schema", json_schema: { name: "answer", schema } },
};

/** What the simulator plays as this host. It takes everything as a host without a reference. */
const models: Readonly<Record<Host, string>> = {
  mistral: "mistral-large-latest",
  groq: "llama-3.3-70b-versatile",
  cerebras: "zai-glm-4.7",
  fireworks: "accounts/fireworks/models/kimi-k2",
  xai: "grok-4",
  together: "meta-llama/some-model",
  deepseek: "deepseek-flash",
  openrouter: "openrouter/some-model",
};
const isHost = (name: string): name is Host => name in models;
const names = compatibleRows.map(({ name }) => name);
const targetOf = (name: string): string => `${name}/${isHost(name) ? models[name] : models.openrouter}`;
const described = names.filter(isHost).filter((name) => name in models);

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({
    hosts: names,
    config: ({ vendors }) => ({
      // Nobody listens there.
      providers: {
        first: { kind: "openai-compatible", base_url: "http://127.0.0.1:1/v1", api_key: "key" },
        ...Object.fromEntries(names.map((name) => [name, { base_url: vendors.openai.baseUrl, api_key: "key" }])),
      },
      routes: Object.fromEntries(
        names.map((name) => [name, { fallback: ["first/some-model", targetOf(name)], retry: { attempts: 0 } }]),
      ),
    }),
  });
});
afterAll(() => stage[Symbol.asyncDispose]());

/** Other names of the same wish. */
const alike: Readonly<Record<string, readonly string[]>> = {
  max_tokens: ["max_completion_tokens"],
  max_completion_tokens: ["max_tokens"],
  seed: ["random_seed"],
  random_seed: ["seed"],
  functions: ["tools"],
  function_call: ["tool_choice"],
  reasoning_effort: ["thinking", "reasoning", "enable_thinking", "chat_template_kwargs", "chat_template_args"],
  include_reasoning: ["reasoning_format"],
  reasoning: ["reasoning_effort"],
  cache_control: ["prompt_cache_key"],
  safety_identifier: ["user"],
};
/** Its loss changes no answer, so it is not told. */
const unsaid: ReadonlySet<string> = new Set(
  "prompt_cache_key prompt_cache_options prompt_cache_retention modalities reasoning".split(" "),
);

interface Told {
  readonly asked: boolean;
  readonly faults: readonly string[];
}

async function put(name: string, members: JsonObject): Promise<Told> {
  const count = stage.simulator.log().length;
  const response = await fetch(`${stage.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: name, messages, ...members }),
  });
  await response.text();
  const attempt = attemptsOf(response.headers).findLast((one) => one.startsWith(`${targetOf(name)}:`)) ?? ":skipped";
  const what = `${name} ${Object.keys(members).join(" ").slice(0, 60)}`;
  if (attempt.endsWith(":skipped")) return { asked: false, faults: [] };
  if (!attempt.endsWith(":ok:200") || response.status !== 200)
    return { asked: true, faults: [`${what}: ${response.status} ${attempt}`] };
  const entries = stage.simulator.log().slice(count);
  const sent = entries.at(-1)?.body as JsonObject;
  const report = `${response.headers.get("x-understudy-dropped")}, ${response.headers.get("x-understudy-adapted")}`;
  const namesOf = (member: string): readonly string[] => [member, ...(alike[member] ?? [])];
  const isSent = (member: string): boolean => namesOf(member).some((one) => sent[one] !== undefined);
  const isTold = (member: string): boolean =>
    isSent(member) || namesOf(member).some((one) => new RegExp(`(?:^|[ ,])${one}(?:$|[.:,])`, "u").test(report));
  // Asked in another protocol: its members are not Chat Completions'.
  if (sent["messages"] === undefined) return { asked: true, faults: [] };
  const unknown = isHost(name) ? unknownMembers(sent, name).map((path) => `${what}: it got ${path}`) : [];
  const lost = Object.keys(members).filter((member) => !unsaid.has(member) && !isTold(member));
  const isOwn = (member: string, value: Json | undefined): boolean =>
    isHost(name) ? unknownMembers({ [member]: value }, name).length === 0 : !isTold(member);
  const missing = Object.entries(members).filter(
    ([member, value]) => !unsaid.has(member) && isOwn(member, value) && !isSent(member),
  );
  return {
    asked: true,
    faults: [
      ...unknown,
      ...lost.map((member) => `${what}: ${member} is lost, told ${report}`),
      ...missing.map(([member]) => `${what}: ${member} is its own and did not arrive`),
    ],
  };
}

function hasNoChats(name: string): boolean {
  return vectorHosts[name]?.lacks?.includes("chat") === true;
}

test.each(names)("%s gets what is its own of every reference, all at once", async (name) => {
  for (const reference of Object.values(references)) {
    const { asked, faults } = await put(name, reference);
    expect(faults).toEqual([]);
    // It is known to take no tools, or no chats at all.
    expect(asked || name === "perplexity" || hasNoChats(name)).toBe(true);
  }
});

test.each(described)("%s gets each member that is its own, and the rest is told", async (name) => {
  const all = Object.entries({ ...openai, ...mistral, ...groq, ...openrouter });
  for (const [member, value] of all) {
    const beside = /^tool_|parallel/u.test(member)
      ? { tools }
      : member === "function_call"
        ? { functions: openai["functions"] }
        : {};
    const { asked, faults } = await put(name, { ...beside, [member]: value } as JsonObject);
    expect(faults).toEqual([]);
    expect([member, asked]).toEqual([member, true]);
  }
});

test.each(described)("%s is not asked without what the answer depends on", async (name) => {
  for (const [member, value] of Object.entries(wishes)) {
    const { asked, faults } = await put(name, { [member]: value });
    expect(faults).toEqual([]);
    const takes = unknownMembers({ [member]: value } as JsonObject, name).length === 0;
    if (asked) expect([member, takes || member === "response_format"]).toEqual([member, true]);
  }
});
