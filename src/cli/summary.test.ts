import { expect, test } from "vitest";
import { loadText } from "../../test/support/load-config.ts";
import { summaryLines } from "./summary.ts";

const text = "routes:\n  main: { fallback: [openai/gpt-4o] }\n";

test("the start names the proxy on the way out, without its user and password", async () => {
  const environment = { OPENAI_API_KEY: "sk-a-long-enough-key", HTTPS_PROXY: "http://me:secret@proxy.example:3128" };
  const lines = summaryLines((await loadText(text, environment)).rules);
  expect(lines.filter((line) => line.includes("proxy"))).toEqual([
    expect.stringMatching(/^ {2}proxy +http:\/\/…@proxy\.example:3128$/u),
  ]);
  expect(lines.join("\n")).not.toContain("secret");
});

test("without a proxy there is no such line", async () => {
  const lines = summaryLines((await loadText(text, { OPENAI_API_KEY: "sk-a-long-enough-key" })).rules);
  expect(lines.join("\n")).not.toContain("proxy");
});
