/**
 * An Express application that asks Gemini 2.5 Flash, and is answered by GPT-4o when Gemini cannot.
 * All of the fallback lives in the gateway: this file knows one base URL and one model name.
 */
import { config } from "dotenv";
import express from "express";
import OpenAI from "openai";
import { once } from "node:events";
import { readFailure, readService, readTakeover } from "./attempts.ts";
import { readMessages, readQuestion } from "./input.ts";
import { listen, page, replyWithFailure } from "./page.ts";

config({ quiet: true });

const openai = new OpenAI({
  baseURL: process.env.UNDERSTUDY_URL ?? "http://127.0.0.1:8787/v1",
  apiKey: process.env.UNDERSTUDY_KEY ?? "not-needed", // The gateway holds the vendors' keys.
  maxRetries: 0, // The gateway retries, and knows better when.
});

const app = express();
app.use(express.json({ limit: "4mb" }));
app.use(page("openai"));

/** `{ question }` in, `{ answer, servedBy, attempts }` out. */
app.post("/api/ask", async (request, response) => {
  const { data, response: head } = await openai.chat.completions
    .create({ model: "assistant", messages: [{ role: "user", content: readQuestion(request.body) }] })
    .withResponse();
  response.json({ answer: data.choices[0]?.message.content, ...readService(head.headers) });
});

/**
 * `{ messages }` in, server-sent events out: one `start`, many `text`, then one `done` or one `error`.
 * Where a vendor breaks off and another one finishes its answer, one `continued` stands between their words.
 */
app.post("/api/chat", async (request, response) => {
  const browser = new AbortController();
  response.on("close", () => browser.abort()); // The browser left: nobody pays for the rest of the answer.

  const { data: answer, response: head } = await openai.chat.completions
    .create({ model: "assistant", messages: readMessages(request.body), stream: true }, { signal: browser.signal })
    .withResponse();

  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  const send = async (event: string, data: unknown): Promise<void> => {
    const hasRoom = response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    if (!hasRoom) await once(response, "drain", { signal: browser.signal }); // A slow reader slows the vendor down.
  };

  try {
    await send("start", readService(head.headers));
    let finishReason: string | null = null;
    for await (const chunk of answer) {
      const takeover = readTakeover(chunk);
      if (takeover) await send("continued", takeover);
      const [choice] = chunk.choices;
      if (choice?.delta.content) await send("text", choice.delta.content);
      finishReason = choice?.finish_reason ?? finishReason;
    }
    if (finishReason === null) throw new Error("The answer ended without a finish reason.");
    await send("done", { finishReason });
  } catch (error) {
    if (!browser.signal.aborted) await send("error", readFailure(error, head.headers));
  }
  response.end();
});

app.use(replyWithFailure);
listen(app);
