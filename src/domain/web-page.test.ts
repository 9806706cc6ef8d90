// Each kind of page that a browser knows, as the headers that its requests have.
import { describe, expect, test } from "vitest";
import { isLoopback, refuseWebPage, type PageRules } from "./web-page.ts";

const local: PageRules = { isLocal: true, hosts: [], origins: [] };
const host = "127.0.0.1:8787";

const kind = (headers: Record<string, string>, rules: Partial<PageRules> = {}, method = "POST"): string | undefined =>
  refuseWebPage(
    method,
    { "content-type": "application/json", "content-length": "2", ...headers },
    { ...local, ...rules },
  )?.kind;

test.each(["localhost", "LOCALHOST", "localhost.", "app.localhost", "127.0.0.1", "127.9.8.7", "::1", "[::1]"])(
  "%s is loopback",
  (name) => expect(isLoopback(name)).toBe(true),
);

test.each(["localhost.evil.example", "127.0.0.1.evil.example", "127.evil.example", "0.0.0.0", "10.0.0.1", "", "evil"])(
  "%s is not loopback",
  (name) => expect(isLoopback(name)).toBe(false),
);

describe("the name in Host", () => {
  test.each(["localhost", "localhost:8787", "[::1]:8787", "127.0.0.1", "LocalHost:1", "a.localhost:5"])(
    "%s is served on loopback",
    (name) => expect(kind({ host: name })).toBeUndefined(),
  );

  test.each(["evil.example", "evil.example:8787", "127.0.0.1.evil.example", "localhost.evil.example:8787", ""])(
    "%s is not",
    (name) => expect(kind({ host: name })).toBe("host"),
  );

  test("the operator's names are served, and with them no other names on an open address", () => {
    const hosts = ["llm.example"];
    expect(kind({ host: "LLM.example:443" }, { hosts })).toBeUndefined();
    expect(kind({ host: "llm.example." }, { hosts, isLocal: false })).toBeUndefined();
    expect(kind({ host: "other.example" }, { hosts, isLocal: false })).toBe("host");
    expect(kind({ host: "other.example" }, { isLocal: false })).toBeUndefined();
  });

  test.each(["10.1.2.3:8787", "10.1.2.3", "[fd00::1]:8787", "localhost:8787", "127.0.0.1"])(
    "%s is served on an open address with names: probes call by it, and no page's name can become it",
    (name) => {
      const hosts = ["llm.example"];
      expect(kind({ host: name }, { hosts, isLocal: false }, "GET")).toBeUndefined();
      if (!name.startsWith("l") && !name.startsWith("127")) expect(kind({ host: name }, { hosts })).toBe("host");
    },
  );

  test.each(["10.1.2.3.evil.example", "1.evil", "[evil.example]", ""])("%s is no address", (name) =>
    expect(kind({ host: name }, { hosts: ["llm.example"], isLocal: false })).toBe("host"),
  );
});

describe("the page", () => {
  test.each<[string, Record<string, string>]>([
    ["another site", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }],
    ["another site in an old browser", { origin: "https://evil.example" }],
    ["another port of this machine", { origin: "http://127.0.0.1:3000", "sec-fetch-site": "same-site" }],
    ["another port, in an old browser", { origin: "http://127.0.0.1:3000" }],
    ["a sandboxed frame, or a file", { origin: "null", "sec-fetch-site": "cross-site" }],
    ["a link or an image", { "sec-fetch-site": "cross-site" }],
    ["a link of another port", { "sec-fetch-site": "same-site" }],
    ["an unknown word", { "sec-fetch-site": "new-word" }],
  ])("%s is refused", (_name, headers) => {
    expect(kind({ host, ...headers })).toBe("origin");
    expect(kind({ host, ...headers }, { isLocal: false })).toBe("origin");
    expect(kind({ host, ...headers }, {}, "GET")).toBe("origin");
  });

  test.each<[string, Record<string, string>]>([
    ["no browser", {}],
    ["the server's own page", { origin: "http://127.0.0.1:8787", "sec-fetch-site": "same-origin" }],
    ["its own page in an old browser", { origin: "http://127.0.0.1:8787" }],
    ["an address typed by a person", { "sec-fetch-site": "none" }],
    ["a page behind a proxy that ends TLS", { origin: "https://llm.example", "sec-fetch-site": "same-origin" }],
    ["an allowed origin", { origin: "https://app.example", "sec-fetch-site": "cross-site" }],
  ])("%s is served", (_name, headers) => {
    expect(kind({ host, ...headers }, { origins: ["https://app.example"] })).toBeUndefined();
  });
});

describe("a body that a form can send", () => {
  const origin = "https://app.example";
  const origins = [origin];

  test.each([
    "text/plain",
    "Text/Plain;charset=UTF-8",
    "application/x-www-form-urlencoded",
    "multipart/form-data; a=b",
    "",
  ])("is refused from a page: %s", (type) => {
    expect(kind({ host, origin, "content-type": type }, { origins })).toBe("form");
    expect(kind({ host, "content-type": type })).toBeUndefined();
  });

  test("JSON, and a request without a body, are not", () => {
    expect(kind({ host, origin, "content-type": "application/json; charset=utf-8" }, { origins })).toBeUndefined();
    expect(kind({ host, origin, "content-type": "", "content-length": "0" }, { origins })).toBeUndefined();
  });
});
