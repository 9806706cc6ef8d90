// A route's params are written once, in one vocabulary, and hold for the clients of every protocol: passed through or
// translated.
import { expect, test } from "vitest";
import { openStage } from "../support/stage.ts";

const params = { temperature: 0.25, max_tokens: 77 };
const question = "Say something kind.";
const requests = {
  openai: ["/v1/chat/completions", { model: "ROUTE", messages: [{ role: "user", content: question }] }],
  anthropic: ["/v1/messages", { model: "ROUTE", max_tokens: 500, messages: [{ role: "user", content: question }] }],
  google: [
    "/v1beta/models/ROUTE:generateContent",
    { contents: [{ role: "user", parts: [{ text: question }] }], generationConfig: { topP: 0.5, temperature: 1 } },
  ],
} as const;
const targets = {
  openai: "openai/gpt-4o",
  anthropic: "anthropic/claude-sonnet-4-5",
  google: "google/gemini-2.0-flash",
};
const vendors = ["openai", "anthropic", "google"] as const;
const cases = vendors.flatMap((client) => vendors.map((vendor) => ({ client, vendor })));

test.each(cases)("a client of $client's protocol, a target of $vendor's", async ({ client, vendor }) => {
  await using stage = await openStage({ config: { routes: { tuned: { target: targets[vendor], params } } } });
  const [path, body] = requests[client];
  const response = await fetch(stage.url + path.replace("ROUTE", "tuned"), {
    method: "POST",
    body: JSON.stringify(body).replace("ROUTE", "tuned"),
  });
  expect([response.status, response.headers.get("x-understudy-dropped")]).toEqual([
    200,
    vendor === "anthropic" && client === "google" ? "top_p" : null,
  ]);
  const sent = stage.simulator.log()[0]?.body;
  const limit = { openai: { temperature: 0.25, max_tokens: 77 }, anthropic: { temperature: 0.25, max_tokens: 77 } };
  const kept = client === "google" ? { topP: 0.5 } : {};
  const expected =
    vendor === "google" ? { generationConfig: { temperature: 0.25, maxOutputTokens: 77, ...kept } } : limit[vendor];
  expect(sent).toMatchObject(expected);
  if (vendor === "google") expect(Object.keys(sent as object).sort()).toEqual(["contents", "generationConfig"]);
});
