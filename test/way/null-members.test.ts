// Some clients write what they do not want as null, which OpenAI takes: `"logit_bias": null`. It asks for nothing, so it
// makes no stand-in unfit, and a host that refuses it is asked again without it.
import { describe, expect, test } from "vitest";
import { openFakeVendor } from "../support/fake-vendor.ts";
import { attemptsOf, openStage } from "../support/stage.ts";

const nulls = Object.fromEntries(
  "logit_bias audio web_search_options modalities response_format functions n logprobs stop tools tool_choice user"
    .split(" ")
    .map((name) => [name, null]),
);
const down = { kind: "openai" as const, base_url: "http://127.0.0.1:9/v1", api_key: "k" };

function ask(url: string, more: object = nulls): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "nulls", messages: [{ role: "user", content: "Hi" }], ...more }),
  });
}

describe("hosts whose members are known", () => {
  test.each(["mistral/mistral-large-latest", "groq/llama-3.3-70b-versatile", "cerebras/llama3.1-8b"])(
    "%s stands in",
    async (target) => {
      const [host = ""] = target.split("/");
      await using stage = await openStage({
        hosts: [host],
        config: {
          providers: { down },
          routes: { nulls: { fallback: ["down/gpt-4o", target], retry: { attempts: 0 } } },
        },
      });
      const response = await ask(stage.url);
      expect(attemptsOf(response.headers).at(-1)).toBe(`${target}:ok:200`);
      expect(response.headers.get("x-understudy-dropped")).toBeNull();
    },
  );
});

test("an unknown host that refuses them one by one is asked without them; a value is still a demand", async () => {
  const taken = new Set(["model", "messages"]);
  await using vendor = await openFakeVendor((_, body) => {
    const [name] = Object.keys(JSON.parse(body) as object).filter((one) => !taken.has(one));
    if (name !== undefined) {
      const error = { message: `Unknown parameter: '${name}'.`, param: name, code: "unknown_parameter" };
      return { status: 400, body: { error } };
    }
    const choice = { index: 0, message: { role: "assistant", content: "Yes." }, finish_reason: "stop" };
    return { body: { id: "x", object: "chat.completion", created: 1, model: "m", choices: [choice] } };
  });
  const host = { kind: "openai-compatible" as const, base_url: vendor.baseUrl, api_key: "k" };
  await using stage = await openStage({
    config: {
      providers: { down, host },
      routes: { nulls: { fallback: ["down/gpt-4o", "host/m"], retry: { attempts: 0 } } },
    },
  });
  const some = { logit_bias: null, web_search_options: null, audio: null };
  expect(attemptsOf((await ask(stage.url, some)).headers).at(-1)).toBe("host/m:ok:200");
  expect(attemptsOf((await ask(stage.url, some)).headers)).toEqual(["down/gpt-4o:unreachable:0", "host/m:ok:200"]);
  const demand = await ask(stage.url, { logit_bias: { "7": -100 } });
  expect(attemptsOf(demand.headers).at(-1)).toBe("host/m:unsupported:skipped");
});
