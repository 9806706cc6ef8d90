import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { catalog } from "../providers/catalog.ts";
import { providers } from "./providers.ts";
import type { Terminal } from "./terminal.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "understudy-providers-"));
  await writeFile(
    join(folder, "understudy.yaml"),
    "providers: { mine: { kind: openai-compatible, base_url: http://127.0.0.1:9/v1 } }",
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(...words: readonly string[]) {
  let out = "";
  let error = "";
  const terminal: Terminal = {
    environment: { OPENAI_API_KEY: "sk-proj-PLANTEDplantedPLANTED0002" },
    directory: folder,
    print: (line) => void (out += `${line}\n`),
    warn: (line) => void (error += `${line}\n`),
    onSignal: () => () => {},
    exit: () => {},
  };
  const code = await providers.run(["--config", join(folder, "understudy.yaml"), ...words], terminal);
  expect(out + error).not.toContain("PLANTED");
  return { code, out, error };
}

test("lists the catalogue and the operator's own, with what is configured", async () => {
  const { code, out } = await run();
  expect(code).toBe(0);
  expect(out).toMatch(
    /^mine +Any OpenAI-compatible server, by openai-compatible +http:\/\/127\.0\.0\.1:9\/v1 +configured, without a key$/mu,
  );
  expect(out).toMatch(
    /^openai +OpenAI +https:\/\/api\.openai\.com\/v1 +configured: sk-…0002 \(env OPENAI_API_KEY\)$/mu,
  );
  expect(out).toMatch(/^anthropic +Anthropic +https:\/\/api\.anthropic\.com\/v1 +set ANTHROPIC_API_KEY$/mu);
  expect(out).toMatch(
    /^azure +Azure OpenAI +\(of an account or host\) +set resource and AZURE_OPENAI_API_KEY, or credentials$/mu,
  );
  expect(out).toMatch(
    /^cloudflare +Cloudflare Workers AI +\(of an account or host\) +set account and CLOUDFLARE_API_KEY$/mu,
  );
  expect(out).toContain(`${catalog.size + 1} providers, 2 configured here`);
});

test("--configured lists those that can be asked, --json gives data", async () => {
  const { out } = await run("--configured", "--json");
  expect((JSON.parse(out) as { name: string }[]).map(({ name }) => name)).toEqual(["mine", "openai"]);
});

test("one of them, also by a further name", async () => {
  const { out, error } = await run("vertex_ai");
  expect(error).toBe('"vertex_ai" is another name of vertex\n');
  expect(out).toContain("vertex: Google Vertex AI\n");
  expect(out).toContain("project (GOOGLE_CLOUD_PROJECT, GOOGLE_VERTEX_PROJECT, ANTHROPIC_VERTEX_PROJECT_ID)");
  expect(out).toContain("also called   vertex-ai, vertexai, vertex-ai-beta, google-vertex, google-vertex-ai");
});

test("a vendor without a row gets what to do", async () => {
  expect(await run("replicate")).toMatchObject({ code: 1, error: expect.stringContaining("kind: openai-compatible") });
});

test("an unknown name gets the nearest one", async () => {
  expect(await run("antropic")).toMatchObject({
    code: 1,
    error: 'There is no provider "antropic". Did you mean "anthropic"?\n',
  });
});
