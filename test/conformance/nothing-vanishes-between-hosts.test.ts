// Whatever a Chat client wrote for some host, at every other host: members that nobody knows, at any depth, and the forms that
// hosts have of their own. Each word is in the body that the vendor gets, or the report names the place where it stood, or the
// vendor is not asked. And what it gets it takes.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GatewayFailure } from "../../src/core/failure.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import type { TargetFacts } from "../../src/core/protocol.ts";
import { openaiChat } from "../../src/protocols/openai-chat/protocol.ts";
import { membersOf } from "../../src/protocols/shared/raw-members.test-support.ts";
import { isArray, isObject } from "../../src/protocols/shared/read.ts";
import { catalog } from "../../src/providers/catalog.ts";
import { checkRequest } from "../../src/simulator/openai/check-request.ts";
import { drawBody, type Written } from "./draw-body.test-support.ts";

/** `judged`: the simulator plays it. The others take what they do not know. */
const hosts: readonly (readonly [provider: string, model: string, judged: boolean])[] = [
  ["openai", "gpt-4o", true],
  ["mistral", "mistral-large-latest", true],
  ["groq", "llama-3.3-70b-versatile", true],
  ["cerebras", "zai-glm-4.7", true],
  ["fireworks", "accounts/fireworks/models/kimi-k2", true],
  ["together", "meta-llama/some-model", true],
  ["openrouter", "openrouter/some-model", true],
  ["xai", "grok-4", true],
  ["deepseek", "deepseek-flash", true],
  ["vllm", "some-model", false],
];

const oddNames = ["odd", "x_hint", "providerOptions", "cache_hint", "schema_version"];
/** What is the caller's own, whatever stands in it. */
const free: ReadonlySet<string> = new Set(["parameters", "schema", "metadata", "logit_bias"]);

/** All objects of the form, with the way to each. */
function objectsIn(value: Json, place: string): [JsonObject, string][] {
  if (isArray(value)) return value.flatMap((one, index) => objectsIn(one, `${place}[${index}]`));
  if (!isObject(value)) return [];
  const inner = Object.entries(value).filter(([name]) => !free.has(name));
  const at = (name: string): string => (place === "" ? name : `${place}.${name}`);
  return [[value, place], ...inner.flatMap(([name, one]) => objectsIn(one ?? null, at(name)))];
}

interface Sprinkled {
  readonly body: JsonObject;
  readonly written: readonly Written[];
}

const sprinkles = fc.array(fc.tuple(fc.nat(10_000), fc.constantFrom(...oddNames), fc.nat(2)), {
  minLength: 1,
  maxLength: 6,
});

/** A text, a list, or an object with a word of its own. */
function oddValue(word: string, kind: number): Json {
  return kind === 0 ? word : kind === 1 ? [word, 1] : { deep: { deeper: word } };
}

/** Changes the drawn body, which is nobody else's. */
function sprinkle({ body, written }: Sprinkled, drawn: readonly (readonly [number, string, number])[]): Sprinkled {
  const words = [...written];
  for (const [at, name, kind] of drawn) {
    const objects = objectsIn(body, "");
    const [object, place] = objects[at % objects.length]!;
    if (object[name] !== undefined) continue;
    const word = `x${words.length}x`;
    (object as Record<string, Json>)[name] = oddValue(word, kind);
    words.push({ word, place: place === "" ? name : `${place}.${name}`, kind: "word" });
  }
  return { body, written: words };
}

const manyNotes = Object.fromEntries(Array.from({ length: 15 }, (_none, index) => [`k${index}`, `f${20 + index}f`]));

/** Members at the top as some host has them, each with words of its own. */
const forms: fc.Arbitrary<JsonObject> = fc.record(
  {
    tool_choice: fc.constantFrom<Json>("any", "auto", { type: "function", function: { odd: "f1f" } }),
    response_format: fc.constantFrom<Json>(
      { type: "text", odd: "f2f" },
      { type: "json_object", schema: { type: "object", properties: { f3f: { type: "string" } } } },
      { type: "json_schema", json_schema: { name: "a", schema: { type: "object", properties: {} }, odd: "f4f" } },
    ),
    stream_options: fc.constant<Json>({ include_usage: true, odd: "f5f" }),
    prediction: fc.constant<Json>({ type: "content", content: "f6f", odd: "f7f" }),
    service_tier: fc.constantFrom<Json>("on_demand", "f8f"),
    safe_prompt: fc.constant<Json>("f9f"),
    guided_json: fc.constant<Json>({ odd: "f10f" }),
    reasoning_effort: fc.constantFrom<Json>("default", "low"),
    stop: fc.constantFrom<Json>(["a", "b", "c", "d", "e"], ["", "a"], "a"),
    top_logprobs: fc.constant<Json>(2),
    store: fc.boolean(),
    // As many as no vendor takes, one that is too long and one that is no text.
    metadata: fc.constant<Json>({ ...manyNotes, f13f: `f14f${"x".repeat(600)}`, f15f: 715 }),
    stream: fc.boolean(),
    provider: fc.constant<Json>({ order: ["f11f"] }),
    image: fc.boolean(),
  },
  { requiredKeys: [] },
);

const image = "data:image/png;base64,iVBORw0KGgo=";

function withForms({ body, written }: Sprinkled, { image: shows, ...forms }: JsonObject): Sprinkled {
  // What was drawn before stays.
  const members = Object.fromEntries(Object.entries(forms).filter(([name]) => body[name] === undefined)) as JsonObject;
  const words: Written[] = [...written];
  for (const { value, place } of textsIn(members, "")) {
    for (const [word] of value.matchAll(/f\d+f/gu)) words.push({ word, place, kind: "word" });
  }
  const bare = { role: "user", content: [{ type: "image_url", image_url: image }, "f12f"] };
  if (shows === true) words.push({ word: "f12f", place: "messages", kind: "word" });
  const chosen = (members["tool_choice"] as JsonObject | undefined)?.["function"];
  if (isObject(chosen)) (chosen as Record<string, Json>)["name"] = nameOfFirst(body);
  const messages = [...((body["messages"] ?? []) as Json[]), ...(shows === true ? [bare] : [])];
  return { body: { ...members, ...body, messages }, written: words };
}

function nameOfFirst({ tools }: JsonObject): string {
  const [first] = tools as readonly { readonly function: { readonly name: string } }[];
  return first?.function.name ?? "";
}

function textsIn(value: Json, place: string): { value: string; place: string }[] {
  if (typeof value === "string") return [{ value, place }];
  if (isArray(value)) return value.flatMap((one) => textsIn(one, place));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, one]) => [
    ...textsIn(name, place),
    ...textsIn(one ?? null, place === "" ? name : `${place}.${name}`),
  ]);
}

const drawn = fc
  .tuple(drawBody("openai-chat"), sprinkles, forms)
  .map(([given, odd, more]) =>
    sprinkle(withForms({ ...given, body: structuredClone(given.body) as JsonObject }, structuredClone(more)), odd),
  );

/** What the host gets: the caller's bytes where they fit, else a body that is written anew. Null where it is not asked. */
function sent(body: JsonObject, target: TargetFacts): { body: JsonObject; dropped: readonly string[] } | null {
  const row = catalog.get(providerOf(target))!;
  const request = openaiChat.chat.request.decode(body, { model: "drawn", stream: false });
  try {
    const fits = openaiChat.chat.request.fits?.(membersOf(body), target) === true;
    const encoded = fits
      ? { body: { ...body, model: target.model }, dropped: [] }
      : openaiChat.chat.request.encode(request, target);
    let { body: whole } = encoded;
    const dropped = [...encoded.dropped];
    for (const quirk of row.quirks) {
      if (quirk.protocol !== undefined && quirk.protocol !== "openai-chat") continue;
      const changed = quirk.models?.test(target.model) === false ? undefined : quirk.request?.(whole, target.model);
      whole = changed?.body ?? whole;
      dropped.push(...(changed?.dropped ?? []));
    }
    return { body: whole, dropped };
  } catch (error) {
    if (error instanceof GatewayFailure && error.code === "unsupported") return null;
    throw error;
  }
}

function providerOf({ model }: TargetFacts): string {
  return hosts.find((host) => host[1] === model)?.[0] ?? "";
}

const thoughts = /reasoning|thinking/u;
const steps = (path: string): string[] => path.replaceAll(/\[\d+\]/gu, "").split(".");

/** The entry is the place, or something that it stands in; or names that stand together on the way to it. */
function names(entry: string, { place, kind }: Written): boolean {
  if (kind === "thought" || thoughts.test(place)) return thoughts.test(entry);
  const [named, path] = [steps(entry), steps(place)];
  return path.some((_step, at) => named.every((step, index) => path[at + index] === step));
}

function complaintOf(body: JsonObject): string | null {
  try {
    checkRequest(JSON.parse(JSON.stringify(body)) as JsonObject);
    return null;
  } catch (complaint) {
    return JSON.stringify(complaint, ["message", "body", "whole", "param", "detail", "loc"]);
  }
}

describe("a word that was written for another host is carried, or its loss is reported", () => {
  test.each(hosts)("to %s", (provider, model, judged) => {
    const target: TargetFacts = { model, facts: catalog.get(provider)!.facts(model), isStandIn: true };
    let [asked, all] = [0, 0];
    fc.assert(
      fc.property(drawn, ({ body, written }) => {
        all += 1;
        const told = sent(body, target);
        if (told === null) return;
        asked += 1;
        const text = JSON.stringify(told.body);
        const lost = written.filter(
          (one) =>
            !text.includes(one.word) &&
            !text.includes(Buffer.from(one.word).toString("base64")) &&
            !told.dropped.some((entry) => entry.includes(one.word) || names(entry, one)),
        );
        expect({ lost: lost.filter(({ kind }) => kind !== "user"), dropped: told.dropped }).toMatchObject({ lost: [] });
        if (judged) expect(complaintOf(told.body)).toBeNull();
      }),
      { numRuns: 120 },
    );
    expect(asked / all).toBeGreaterThan(0.2);
  });
});
