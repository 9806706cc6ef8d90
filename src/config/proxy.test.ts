import { describe, expect, test } from "vitest";
import { describeProxy } from "../domain/describe-proxy.ts";
import { compileProxy } from "./proxy.ts";

const of = (own: string | undefined, environment: Record<string, string> = {}) =>
  compileProxy(own, environment, { add: () => {} });
const OWN = "localhost,127.0.0.1,[::1]";

describe("the proxy on the way out", () => {
  test("there is none without a setting and without variables", () => {
    expect([of(undefined), of(undefined, { NO_PROXY: "*", HTTPS_PROXY: "" })]).toEqual([null, null]);
  });

  test.each([
    [{ HTTPS_PROXY: "http://a:1" }, { http: null, https: "http://a:1", except: OWN }],
    [{ http_proxy: "b:2" }, { http: "http://b:2", https: "http://b:2", except: OWN }],
    [
      { https_proxy: "http://a:1", HTTPS_PROXY: "http://z:9", HTTP_PROXY: "http://b:2", NO_PROXY: "x.example" },
      { http: "http://b:2", https: "http://a:1", except: `x.example,${OWN}` },
    ],
    [{ HTTPS_PROXY: "socks5://a:1" }, null],
  ])("%j", (environment, proxy) => {
    expect(of(undefined, environment)).toEqual(proxy);
  });

  test("the setting wins over the variables", () => {
    const proxy = { http: "http://own:1", https: "http://own:1", except: `x.example,${OWN}` };
    expect(of("http://own:1", { HTTPS_PROXY: "http://a:1", no_proxy: "x.example" })).toEqual(proxy);
  });

  test("what is no address is a problem", () => {
    const problems: unknown[] = [];
    compileProxy("proxy.example:3128", {}, { add: (...problem) => void problems.push(problem) });
    expect(problems).toEqual([[["server", "proxy"], "must be a URL such as http://proxy.example:3128"]]);
  });

  test("it is told without its password", () => {
    expect(describeProxy("http://me:secret@proxy.example:3128")).toBe("http://…@proxy.example:3128");
    expect(describeProxy("https://proxy.example")).toBe("https://proxy.example");
  });
});
