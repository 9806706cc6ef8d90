import { describe, expect, test } from "vitest";
import { clientRequest } from "../../test/support/exchange.ts";
import { readMetadata } from "./metadata.ts";

describe("metadata", () => {
  test("our header, flat, in strings", () => {
    const given = { "x-understudy-metadata": '{"team":"blue","n":3,"deep":{"a":[1]},"none":null}' };
    expect(readMetadata(clientRequest(given))).toEqual({ team: "blue", n: "3", deep: '{"a":[1]}', none: "null" });
  });

  test.each(["no json", "[1]", '"x"', "null", `{"a":${"[".repeat(99)}${"]".repeat(99)}}`])(
    "%s in ours is a mistake, in Portkey's it is nothing",
    (text) => {
      expect(() => readMetadata(clientRequest({ "x-understudy-metadata": text }))).toThrow(
        expect.objectContaining({ code: "bad_request", param: "x-understudy-metadata" }) as Error,
      );
      expect(readMetadata(clientRequest({ "x-portkey-metadata": text }))).toEqual({});
    },
  );

  test("Portkey's is read where ours is not there", () => {
    const both = { "x-portkey-metadata": '{"_user":"u"}' };
    expect(readMetadata(clientRequest(both))).toEqual({ _user: "u" });
    expect(readMetadata(clientRequest({ ...both, "x-understudy-metadata": "{}" }))).toEqual({});
    expect(readMetadata(clientRequest())).toEqual({});
  });

  test("is bounded", () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, "v".repeat(2_000)]));
    const read = readMetadata(clientRequest({ "x-understudy-metadata": JSON.stringify(many) }));
    expect(Object.keys(read)).toHaveLength(64);
    expect(read["k0"]).toHaveLength(512);
  });

  test("a name that means something to objects is but a name", () => {
    const read = readMetadata(clientRequest({ "x-understudy-metadata": '{"__proto__":"x","constructor":"y"}' }));
    expect(Object.entries(read)).toContainEqual(["constructor", "y"]);
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  });
});
