// OpenAI's own Responses stream breaks in the middle: the error that follows goes on with its numbers and its id, since
// clients order events by the ones and keep the other.
import { expect, test } from "vitest";
import { createGateway } from "../../src/index.ts";
import { openFakeVendor } from "../support/fake-vendor.ts";

const response = {
  id: "resp_1",
  object: "response",
  created_at: 5,
  status: "in_progress",
  model: "gpt-5.4",
  output: [],
};
const item = { id: "msg_1", type: "message", role: "assistant", status: "in_progress", content: [] };
const events = [
  { type: "response.created", response },
  { type: "response.output_item.added", output_index: 0, item },
  { type: "response.output_text.delta", item_id: "msg_1", output_index: 0, content_index: 0, delta: "Hel" },
];

test("F2: an error in a stream that is passed on has the next number and the response's id", async () => {
  await using vendor = await openFakeVendor(() => ({
    body: events.map((event, sequence_number) => JSON.stringify({ ...event, sequence_number })),
  }));
  const gateway = createGateway(
    { providers: { openai: { base_url: vendor.baseUrl, api_key: "k" } }, routes: { r: { target: "openai/gpt-5.4" } } },
    { environment: {}, warn: () => {} },
  );
  const answer = await gateway.fetch("http://gateway/v1/responses", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "r", input: "Hi", stream: true }),
  });
  const told = [...(await answer.text()).matchAll(/^data: (.*)$/gmu)].map(
    ([, data = ""]) => JSON.parse(data) as { type: string; sequence_number: number; response?: object },
  );
  expect(told.map(({ sequence_number }) => sequence_number)).toEqual([0, 1, 2, 3, 4]);
  expect(told.at(-1)).toMatchObject({
    type: "response.failed",
    response: { id: "resp_1", model: "gpt-5.4", created_at: 5, status: "failed" },
  });
  await gateway.close();
});
