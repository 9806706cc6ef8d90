// The library says what `check` says: what in a configuration works, but probably not as meant.
import { expect, test } from "vitest";
import { createGateway } from "../../src/index.ts";

test("warnings of a configuration reach whoever made the gateway, at the start and with each reload", async () => {
  const told: string[] = [];
  const environment = { OPENAI_API_KEY: "sk-test" };
  const plain = { routes: { assistant: { target: "openai/gpt-4o" } } };
  const odd = { routes: { assistant: { target: "openai/gpt-4o", weight: 3 } } };
  const gateway = createGateway(odd, { environment, warn: (message) => told.push(message) });
  expect(told).toEqual([expect.stringMatching(/routes\.assistant\.weight: .*balance/u)]);
  gateway.reload(plain);
  expect(told).toHaveLength(1);
  gateway.reload(odd);
  expect(told).toHaveLength(2);
  await gateway.close();
});
