// The proxy on the way out: `server.proxy`, or the usual variables. Its password is for the network alone, and must never
// be printed.
import type { Environment } from "./variables.ts";
import type { TransportProxy } from "../core/transport.ts";
import type { ProblemList } from "./problem.ts";

/** On this machine no proxy is of use: it would look for the host on its own. */
const OWN_MACHINE = "localhost,127.0.0.1,[::1]";

/** Null: there is none. */
export const compileProxy = (
  configured: string | undefined,
  environment: Environment,
  problems: Pick<ProblemList, "add">,
): TransportProxy | null => {
  const own = configured?.trim();
  if (own !== undefined && !isProxy(own))
    problems.add(["server", "proxy"], "must be a URL such as http://proxy.example:3128");
  const http = own ?? usual(environment, "http_proxy");
  const https = own ?? usual(environment, "https_proxy") ?? http;
  if ((http ?? https) === null) return null;
  const except = usual(environment, "no_proxy");
  return { http, https, except: except === null ? OWN_MACHINE : `${except},${OWN_MACHINE}` };
};

/** A variable in either case; one that is no address of a proxy is as good as none. */
const usual = (environment: Environment, name: string): string | null => {
  const value = (environment[name] || environment[name.toUpperCase()])?.trim() ?? "";
  if (name === "no_proxy") return value === "" ? null : value;
  const address = value === "" || value.includes("://") ? value : `http://${value}`;
  return isProxy(address) ? address : null;
};

const isProxy = (address: string): boolean => /^https?:$/u.test(URL.parse(address)?.protocol ?? "");
