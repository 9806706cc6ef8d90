// A program that has nothing but one question to the library: it prints the answer and ends by itself. What it plays is
// its first argument. It must not use what Node 22 lacks, and nothing here keeps the process alive but the gateway.
import { createGateway, type ConfigFile } from "../../src/index.ts";

const [story = "", vendor = "", ledger = ""] = process.argv.slice(2);

const google = "google/gemini-2.5-flash";
const routes: Readonly<Record<string, NonNullable<ConfigFile["routes"]>[string]>> = {
  "back-off": { target: google, retry: { attempts: 1, max_wait: "300ms" } },
  hint: { target: google, retry: { attempts: 1, max_wait: "3s" } },
  "first-token timeout": { fallback: [google, "openai/gpt-4o"], timeout: { first_token: "200ms" } },
  hedge: { hedge: [google, "openai/gpt-4o"], after: "200ms" },
};

const gateway = createGateway(
  {
    providers: {
      google: { base_url: `${vendor}/google`, api_key: "k" },
      openai: { base_url: `${vendor}/openai`, api_key: "k" },
    },
    routes: { assistant: routes[story] ?? { target: google } },
    ledger: { file: ledger },
  },
  { environment: {}, random: () => 0.9 },
);
const response = await gateway.fetch("http://gateway/v1/chat/completions", {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({
    model: "assistant",
    stream: story.includes("stream"),
    messages: [{ role: "user", content: "Hello." }],
  }),
});
const said = story === "stream left unread" ? await readBeginning(response) : await response.text();
process.stdout.write(`${response.status} ${said}\n`);
// No close(): what is left are background timers and idle connections, and a program ends all the same.

/** Reads until the first words and gives the rest up. */
async function readBeginning({ body }: Response): Promise<string> {
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  let text = "";
  while (!text.includes("Here I am.")) text += Buffer.from((await reader.read()).value ?? []).toString();
  await reader.cancel();
  return text.replaceAll("\n", " ");
}
