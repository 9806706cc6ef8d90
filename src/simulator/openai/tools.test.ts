// What OpenAI's services take of the requests that its own coding agents send.
import { afterAll, beforeAll, expect, test } from "vitest";

import type { JsonRecord } from "../json-reading.ts";
import { startSimulator, type Simulator } from "../simulator.ts";
import { goodHeaders } from "../simulator.test-support.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(async () => {
  await simulator.close();
});

function respond(body: JsonRecord): Promise<Response> {
  const sent = { model: "gpt-5.5", input: "Tell me about bread", store: false, ...body };
  const request = { method: "POST", headers: goodHeaders, body: JSON.stringify(sent) };
  return fetch(`${simulator.vendors.openai.baseUrl}/responses`, request);
}

test("Responses takes what a coding agent says of itself", async () => {
  expect((await respond({ client_metadata: { thread_id: "t" } })).status).toBe(200);
});
