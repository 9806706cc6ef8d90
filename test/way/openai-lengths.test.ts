// Requests that the first vendor takes and that are longer than OpenAI allows: OpenAI stands in for it all the same.
import { expect, test } from "vitest";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

/** Nobody listens there. */
const down = { base_url: "http://127.0.0.1:1/v1", api_key: "key" };
const opened = (stand: string): Promise<Stage> =>
  openStage({
    config: {
      providers: { vllm: down },
      routes: { one: { fallback: ["vllm/some-model", stand], retry: { attempts: 0 } } },
    },
  });

async function post(stage: Stage, path: string, body: object): Promise<Response> {
  return fetch(`${stage.url}/v1/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "one", messages: [{ role: "user", content: "h" }], ...body }),
  });
}

/** As Claude Code tells its callers apart. */
const device = { device_id: "0".repeat(64), account_uuid: "", session_id: "0b5c2e6e-7d40-4c5e-9a53-2f6c1d8e4b70" };
const user = JSON.stringify(device);

test.each(["openai/gpt-4o", "openai/gpt-5-pro"])("Claude Code's user id reaches %s as a hash", async (target) => {
  await using stage = await opened(target);
  const response = await post(stage, "messages", { max_tokens: 99, metadata: { user_id: user } });
  expect(attemptsOf(response.headers)).toEqual(["vllm/some-model:unreachable:0", `${target}:ok:200`]);
  expect(response.headers.get("x-understudy-adapted")).toContain(`user:${user.length}>32`);
});

test("a chat client's own long names reach OpenAI as hashes", async () => {
  await using stage = await opened("openai/gpt-4o");
  const response = await post(stage, "chat/completions", { user, prompt_cache_key: user });
  expect(response.status).toBe(200);
  expect(response.headers.get("x-understudy-adapted")).toBe(
    `user:${user.length}>32, prompt_cache_key:${user.length}>32`,
  );
});
