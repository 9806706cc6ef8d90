import { describe, expect, test } from "vitest";
import { clientRequest } from "../../test/support/exchange.ts";
import type { CallerKey } from "../core/server-rules.ts";
import { authenticate } from "./authenticate.ts";

const keyed = (key: string, place: number): CallerKey => ({ key, name: `key ${place + 1}`, routes: null });
const keys = ["gateway-one", "gateway-two"].map(keyed);
const ask = (headers: Record<string, string>, known: readonly CallerKey[] = keys) =>
  authenticate(clientRequest(headers), known);

describe("with keys of its own", () => {
  test.each([
    { authorization: "Bearer gateway-two" },
    { authorization: "bearer   gateway-two" },
    { authorization: "gateway-two" },
    { "x-api-key": "gateway-two" },
    { "x-goog-api-key": "gateway-two" },
    { "api-key": " gateway-two " },
    { "x-portkey-api-key": "gateway-two" },
  ])("a known key in any place: %j", (headers) => {
    expect(ask(headers as Record<string, string>)).toEqual({ name: "key 2", vendorKey: null, routes: null });
  });

  test.each([
    [{}, "requires an API key, and the request has none"],
    [{ authorization: "" }, "requires an API key, and the request has none"],
    [{ authorization: "Bearer" }, "requires an API key, and the request has none"],
    [{ authorization: "Bearer gateway-thre" }, "not one of this gateway's keys"],
    [{ authorization: "Bearer gateway-two-and-more" }, "not one of this gateway's keys"],
    [{ "x-api-key": "GATEWAY-TWO" }, "not one of this gateway's keys"],
  ])("%j is refused, and told how to ask", (headers, words) => {
    expect(() => ask(headers as Record<string, string>)).toThrow(
      expect.objectContaining({
        code: "unauthenticated",
        status: 401,
        message: expect.stringMatching(new RegExp(`${words}.*Authorization: Bearer`, "u")) as string,
      }) as Error,
    );
  });

  test.each([
    ["key=gateway-two", { name: "key 2", vendorKey: null, routes: null }],
    ["alt=sse&key=gateway%2Dtwo", { name: "key 2", vendorKey: null, routes: null }],
  ])("a known key in the query: %s", (query, caller) => {
    expect(authenticate({ ...clientRequest({}), query }, keys)).toEqual(caller);
  });

  test("a key in the query beside the gateway's is for the vendor", () => {
    const request = { ...clientRequest({ "x-api-key": "gateway-one" }), query: "key=mine" };
    expect(authenticate(request, keys)).toEqual({ name: "key 1", vendorKey: "mine", routes: null });
  });

  test("an unknown key in the query is refused, and not told", () => {
    const ask = (): unknown => authenticate({ ...clientRequest({}), query: "key=my-secret" }, keys);
    expect(ask).toThrow("not one of this gateway's keys");
    expect(ask).not.toThrow("my-secret");
  });

  test("no key is ever in the error", () => {
    expect(() => ask({ authorization: "Bearer my-secret" })).not.toThrow("my-secret");
    expect(() => ask({ authorization: "Bearer my-secret" })).not.toThrow("gateway-one");
  });

  test("one of its own is for nobody else; another one beside it is for the provider that the caller names", () => {
    expect(ask({ authorization: "Bearer gateway-one", "x-api-key": "gateway-two" }).vendorKey).toBeNull();
    expect(ask({ authorization: "Bearer vendor-key", "x-portkey-api-key": "gateway-one" })).toEqual({
      name: "key 1",
      vendorKey: "vendor-key",
      routes: null,
    });
    expect(ask({ authorization: "Bearer gateway-one", "x-portkey-api-key": "other" }).vendorKey).toBeNull();
  });
});

describe("without", () => {
  test("anybody may ask, and what was given is kept for the provider that the caller names", () => {
    expect(ask({}, [])).toEqual({ name: "anonymous", vendorKey: null });
    expect(ask({ authorization: "Bearer sk-1" }, [])).toEqual({ name: "anonymous", vendorKey: "sk-1" });
    expect(ask({ "x-api-key": "sk-2" }, [])).toEqual({ name: "anonymous", vendorKey: "sk-2" });
    expect(ask({ authorization: "Bearer ", "api-key": "sk-3" }, []).vendorKey).toBe("sk-3");
  });
});
