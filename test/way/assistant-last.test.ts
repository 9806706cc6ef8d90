// A history that ends with the assistant, at models that do not continue their own turn: OpenAI and Gemini answer anew,
// and opencode's last step sends its instruction so (anomalyco/opencode#37685). Newer Claude models refuse it. For a client
// of Anthropic's protocol it is the beginning of the answer: the model is told to continue it, and a strict caller gets
// another target.
import { describe, expect, test } from "vitest";
import { openFakeVendor } from "../support/fake-vendor.ts";
import { attemptsOf, openStage } from "../support/stage.ts";

const wrapUp = "CRITICAL - the last step is reached. I summarize in words and call nothing.";
const routes = {
  openai: { fallback: ["openai/gpt-5.1", "anthropic/claude-opus-4-8"], retry: { attempts: 0 } },
  google: { fallback: ["google/gemini-2.5-flash", "anthropic/claude-opus-4-8"], retry: { attempts: 0 } },
  claude: { fallback: ["anthropic/claude-opus-4-8", "openai/gpt-4o"], retry: { attempts: 0 } },
};

interface Client {
  readonly name: string;
  readonly primary: "openai" | "google";
  readonly path: string;
  readonly body: object;
}

const turns = [
  { role: "user", content: "Check the two files." },
  { role: "assistant", content: wrapUp },
];
const clients: readonly Client[] = [
  {
    name: "Chat Completions",
    primary: "openai",
    path: "/v1/chat/completions",
    body: { model: "openai", messages: turns },
  },
  { name: "Responses", primary: "openai", path: "/v1/responses", body: { model: "openai", input: turns } },
  {
    name: "Gemini",
    primary: "google",
    path: "/v1beta/models/google:generateContent",
    body: {
      contents: [
        { role: "user", parts: [{ text: "Check the two files." }] },
        { role: "model", parts: [{ text: wrapUp }] },
      ],
    },
  },
];

function post(url: string, body: object, more: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", "anthropic-version": "2023-06-01", ...more },
    body: JSON.stringify(body),
  });
}

describe("a newer Claude stands in", () => {
  test.each(clients)("for a client of $name it answers", async ({ primary, path, body }) => {
    await using stage = await openStage({ config: { routes } });
    stage.simulator.play(primary, { fault: "status", status: 503 });
    const response = await post(`${stage.url}${path}`, body);
    expect(attemptsOf(response.headers).at(-1)).toBe("anthropic/claude-opus-4-8:ok:200");
    expect(response.headers.get("x-understudy-adapted")).toContain("messages:assistant last>user turn");
    const sent = stage.simulator.log().at(-1)?.body;
    expect(sent).toMatchObject({
      messages: [{ role: "user" }, { role: "assistant", content: wrapUp }, { role: "user" }],
    });
  });

  test("for its own clients it is told to continue the beginning of the answer", async () => {
    await using stage = await openStage({ config: { routes } });
    const response = await post(`${stage.url}/v1/messages`, { model: "claude", max_tokens: 100, messages: turns });
    expect(attemptsOf(response.headers)).toEqual(["anthropic/claude-opus-4-8:ok:200"]);
    expect(response.headers.get("x-understudy-dropped")).toBe("messages.prefill");
    const sent = stage.simulator.log().at(-1)?.body as { messages: { content: unknown }[] };
    expect(sent.messages.slice(0, 2)).toMatchObject([{ role: "user" }, { role: "assistant", content: wrapUp }]);
    expect(JSON.stringify(sent.messages[2])).toContain("Continue your last message exactly where it stops.");
  });

  test("a strict caller gets a target that loses nothing", async () => {
    await using stage = await openStage({ config: { routes } });
    const body = { model: "claude", max_tokens: 100, messages: turns };
    const response = await post(`${stage.url}/v1/messages`, body, { "x-understudy-strict": "true" });
    expect(attemptsOf(response.headers)).toEqual([
      "anthropic/claude-opus-4-8:unsupported:skipped",
      "openai/gpt-4o:ok:200",
    ]);
  });
});

test("a host of such a model that refuses it is asked once more, and the next time at once", async () => {
  await using host = await openFakeVendor((_, body) => {
    const { messages } = JSON.parse(body) as { messages: { role: string; content: string | null }[] };
    if (messages.at(-1)?.role === "assistant") {
      const message =
        "This model does not support assistant message prefill. The conversation must end with a user message.";
      return { status: 400, body: { error: { message, type: "invalid_request_error", param: null, code: 400 } } };
    }
    const choice = { index: 0, message: { role: "assistant", content: "Yes." }, finish_reason: "stop" };
    return { body: { id: "x", object: "chat.completion", created: 1, model: "m", choices: [choice] } };
  });
  const router = { kind: "openai-compatible" as const, base_url: host.baseUrl, api_key: "k" };
  const target = "router/some-claude";
  await using stage = await openStage({
    config: { routes: { router: { target, retry: { attempts: 0 } } }, providers: { router } },
  });
  const ask = (): Promise<Response> => post(`${stage.url}/v1/chat/completions`, { model: "router", messages: turns });
  expect(attemptsOf((await ask()).headers)).toEqual([
    "router/some-claude:unsupported:400",
    "router/some-claude:ok:200",
  ]);
  const second = await ask();
  expect(attemptsOf(second.headers)).toEqual([`${target}:ok:200`]);
  expect(second.headers.get("x-understudy-adapted")).toBe("messages:+user");
  expect(JSON.parse(host.asked.at(-1)?.body ?? "")).toMatchObject({
    messages: [...turns, { role: "user", content: "Go on." }],
  });
});
