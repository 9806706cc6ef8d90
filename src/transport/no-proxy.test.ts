import { expect, test } from "vitest";
import { readNoProxy } from "./no-proxy.ts";

test.each([
  ["", "http://a.example", false],
  ["*", "http://a.example", true],
  ["none.example, *", "http://a.example", true],
  ["example.com", "https://example.com", true],
  ["example.com", "https://api.example.com", true],
  ["example.com", "https://badexample.com", false],
  ["EXAMPLE.com", "https://Example.COM.", true],
  [".example.com", "https://api.example.com", true],
  [".example.com", "https://example.com", false],
  ["*.example.com", "https://a.b.example.com", true],
  ["*.example.com", "https://example.com", false],
  ["example.com:8443", "https://example.com:8443", true],
  ["example.com:8443", "https://example.com", false],
  ["example.com:443", "https://example.com", true],
  ["example.com:80", "http://example.com", true],
  ["10.0.0.1 b.example", "http://10.0.0.1", true],
  ["10.0.0.0/8", "http://10.20.30.40:8000", true],
  ["10.0.0.0/8", "http://11.0.0.1", false],
  ["10.0.0.0/8", "http://10.example", false],
  ["::1", "http://[::1]:8000", true],
  ["[::1]", "http://[::1]", true],
  ["[::1]:8000", "http://[::1]:8000", true],
  ["[::1]:8000", "http://[::1]:9000", false],
  ["fd00::/8", "http://[fd12::1]", true],
  ["10.0.0.0/99", "http://10.0.0.1", false],
])("NO_PROXY %j, %s: %s", (except, url, isExempt) => {
  expect(readNoProxy(except)(new URL(url))).toBe(isExempt);
});
