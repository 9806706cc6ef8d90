/**
 * The same application for those who come from Portkey: its own SDK and its own config object, unchanged.
 * Only `baseURL` points somewhere else. Here the route travels with each request, so the gateway needs no file.
 */
import { config } from "dotenv";
import express from "express";
import { Portkey } from "portkey-ai";
import { once } from "node:events";
import { readFailure, readService, readTakeover } from "./attempts.ts";
import { readMessages, readQuestion } from "./input.ts";
import { listen, page, replyWithFailure } from "./page.ts";

config({ quiet: true });
const env = process.env;

const fallbackConfig = {
  strategy: { mode: "fallback" },
  targets: [
    {
      provider: "google",
      api_key: env.GEMINI_API_KEY ?? "simulated",
      override_params: { model: "gemini-2.5-flash" },
      ...(env.GOOGLE_BASE_URL && { custom_host: env.GOOGLE_BASE_URL }),
    },
    {
      provider: "openai",
      api_key: env.OPENAI_API_KEY ?? "simulated",
      override_params: { model: "gpt-4o" },
      ...(env.OPENAI_BASE_URL && { custom_host: env.OPENAI_BASE_URL }),
    },
  ],
};

/** One client per request: the SDK keeps the last response's headers on the client, and requests overlap. */
const connect = (): Portkey =>
  new Portkey({ baseURL: env.UNDERSTUDY_URL ?? "http://127.0.0.1:8787/v1", config: fallbackConfig });

const app = express();
app.use(express.json({ limit: "4mb" }));
app.use(page("portkey-ai"));

/** `{ question }` in, `{ answer, servedBy, attempts }` out. */
app.post("/api/ask", async (request, response) => {
  const portkey = connect();
  const data = await portkey.chat.completions.create({
    messages: [{ role: "user", content: readQuestion(request.body) }],
  });
  response.json({
    answer: data.choices[0]?.message?.content,
    ...readService(new Headers(portkey.responseHeaders)),
  });
});

/**
 * `{ messages }` in, server-sent events out: one `start`, many `text`, then one `done` or one `error`.
 * Where a vendor breaks off and another one finishes its answer, one `continued` stands between their words.
 */
app.post("/api/chat", async (request, response) => {
  const portkey = connect();
  const answer = await portkey.chat.completions.create({ messages: readMessages(request.body), stream: true });
  const headers = new Headers(portkey.responseHeaders);

  const browser = new AbortController();
  response.on("close", () => browser.abort());
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  const send = async (event: string, data: unknown): Promise<void> => {
    const hasRoom = response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    if (!hasRoom) await once(response, "drain", { signal: browser.signal });
  };

  try {
    await send("start", readService(headers));
    let finishReason: string | undefined;
    for await (const chunk of answer) {
      if (browser.signal.aborted) break; // This SDK takes no signal; leaving the loop closes its connection.
      const takeover = readTakeover(chunk);
      if (takeover) await send("continued", takeover);
      const [choice] = chunk.choices;
      if (choice?.delta?.content) await send("text", choice.delta.content);
      finishReason = choice?.finish_reason ?? finishReason;
    }
    if (finishReason === undefined) throw new Error("The answer ended without a finish reason.");
    await send("done", { finishReason });
  } catch (error) {
    if (!browser.signal.aborted) await send("error", readFailure(error, headers));
  }
  response.end();
});

app.use(replyWithFailure);
listen(app);
