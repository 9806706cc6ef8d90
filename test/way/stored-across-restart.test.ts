// A file that was uploaded before a restart is found afterwards, at the provider and with the key that store it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createGateway, type ConfigFile } from "../../src/index.ts";
import { openFakeVendor } from "../support/fake-vendor.ts";

test("after a restart, a file is asked for where it is stored", async () => {
  const folder = await mkdtemp(join(tmpdir(), "understudy-restart-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await using one = await openFakeVendor(() => ({ body: { id: "file-abc123", object: "file" } }));
  await using two = await openFakeVendor(() => ({ body: { id: "file-abc123", object: "file" } }));
  const config: ConfigFile = {
    providers: {
      openai: { base_url: one.baseUrl, api_key: "first-key-of-the-gateway" },
      mirror: { kind: "openai", base_url: two.baseUrl, api_key: ["a-key-of-the-mirror", "another-of-the-mirror"] },
    },
    ledger: { file: join(folder, "ledger.jsonl") },
  };
  const options = { environment: {}, warn: () => {}, log: () => {} };
  const before = createGateway(config, options);
  const form = new FormData();
  form.set("purpose", "batch");
  form.set("file", new Blob(["{}"]), "a.jsonl");
  const headers = { "x-understudy-provider": "mirror" };
  const uploaded = await before.fetch("http://gateway/v1/files", { method: "POST", headers, body: form });
  expect(await uploaded.json()).toMatchObject({ id: "file-abc123" });
  await before.close();
  const after = createGateway(config, options);
  const response = await after.fetch("http://gateway/v1/files/file-abc123");
  expect([response.status, response.headers.get("x-understudy-target")]).toEqual([200, "mirror"]);
  await after.close();
  expect([one.asked.length, new Set(two.asked.map(({ headers }) => headers["authorization"])).size]).toEqual([0, 1]);
});
