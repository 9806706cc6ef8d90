// A vendor whose certificate has really expired, and one whose certificate is for another name, over real TLS: the error names
// the setting and the cause, and the stand-in answers.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { attemptsOf, openStage } from "../support/stage.ts";

interface Certificate {
  readonly name: string;
  /** `YYMMDDHHMMSSZ`. */
  readonly from: string;
  readonly to: string;
}

const settings = (name: string): string => `
[ca]
default_ca = own
[own]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = names
x509_extensions = extensions
[names]
commonName = supplied
[extensions]
subjectAltName = DNS:${name}
[req]
distinguished_name = empty
[empty]
`;

/** A certificate that this process trusts, whatever its dates and its name are. */
function makeCertificate({ name, from, to }: Certificate): { readonly key: Buffer; readonly cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), "understudy-certificates-"));
  const run = (...words: string[]): void =>
    void execFileSync("openssl", [...words, "-config", "own.cnf"], { cwd: folder, stdio: "ignore" });
  writeFileSync(join(folder, "own.cnf"), settings(name));
  writeFileSync(join(folder, "index.txt"), "");
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  run("req", "-new", ...curve, "-subj", `/CN=${name}`, "-keyout", "key.pem", "-out", "request.pem");
  const dates = ["-startdate", from, "-enddate", to];
  run(
    "ca",
    "-selfsign",
    "-batch",
    "-notext",
    ...dates,
    "-keyfile",
    "key.pem",
    "-in",
    "request.pem",
    "-out",
    "cert.pem",
  );
  const pair = { key: readFileSync(join(folder, "key.pem")), cert: readFileSync(join(folder, "cert.pem")) };
  const before = tls.getCACertificates("default");
  tls.setDefaultCACertificates([...before, pair.cert.toString()]);
  onTestFinished(() => {
    tls.setDefaultCACertificates(before);
    rmSync(folder, { recursive: true });
  });
  return pair;
}

async function listenWith(certificate: Certificate): Promise<number> {
  let requests = 0;
  const server = createServer(makeCertificate(certificate), (_request, response) => {
    requests += 1;
    response.end("{}");
  });
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    // Nothing may be sent to somebody who cannot prove who it is.
    expect(requests).toBe(0);
  });
  return (server.address() as AddressInfo).port;
}

const valid = { from: "20200101000000Z", to: "20990101000000Z" };

test.skipIf(!("setDefaultCACertificates" in tls)).each<[string, Certificate, RegExp]>([
  [
    "expired",
    { name: "localhost", from: "20200101000000Z", to: "20200201000000Z" },
    /its certificate has expired, or this machine's clock is wrong \(check base_url of mine\)/u,
  ],
  [
    "for another name",
    { name: "vendor.test", ...valid },
    /its certificate is for another host name \(check base_url of mine\)/u,
  ],
])("a certificate that is %s", async (_name, certificate, words) => {
  const port = await listenWith(certificate);
  await using stage = await openStage({
    config: {
      providers: {
        mine: { kind: "openai-compatible", base_url: `https://localhost:${port}/v1`, api_key: "planted-key" },
      },
      routes: { next: { fallback: ["mine/model", "openai/gpt-4o"], retry: { attempts: 0 } } },
    },
  });
  const ask = (model: string): Promise<Response> =>
    fetch(`${stage.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model, messages: [{ role: "user", content: "Hi" }] }),
    });
  const alone = await ask("mine/model");
  const text = await alone.text();
  expect(JSON.parse(text)).toMatchObject({
    error: { verdict: "unreachable", message: expect.stringMatching(words) as string },
  });
  expect(text + stage.incidents.join("")).not.toContain("planted-key");
  const next = await ask("next");
  expect(next.status).toBe(200);
  expect(attemptsOf(next.headers).at(-1)).toBe("openai/gpt-4o:ok:200");
});
