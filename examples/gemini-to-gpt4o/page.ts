/**
 * The page around the two applications: its files, the vendor switches, and how a failure is answered.
 * The switches only exist with the simulator: this file never pretends that a real vendor can be broken from here.
 */
import express from "express";
import type { ErrorRequestHandler, Express, Request, Router } from "express";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { readFailure } from "./attempts.ts";

type Fault = Readonly<Record<string, string | number>>;

interface ActiveFault {
  vendor: string;
  script: Fault;
}

const vendors = [
  { vendor: "google", target: "google/gemini-2.5-flash", name: "Gemini 2.5 Flash", role: "primary" },
  { vendor: "openai", target: "openai/gpt-4o", name: "GPT-4o", role: "stand-in" },
] as const;

/** The switches of the page, and what each asks of the simulator; `healthy` takes every fault away. */
const faults = new Map<string, Fault | null>([
  ["healthy", null],
  ["down", { fault: "status", status: 503 }],
  ["rate-limited", { fault: "status", status: 429, retryAfter: 8 }],
  ["silent", { fault: "accept-and-hang" }],
  ["dies-mid-answer", { fault: "fin-without-terminator", afterTokens: 12 }],
]);

/** Serves the page's files and its two vendor routes. `sdk` is the client library that the page names. */
export function page(sdk: string): Router {
  const router = express.Router();
  router.use(refuseForeignPages);
  router.use(express.static(join(import.meta.dirname, "public")));

  router.get("/api/vendors", async (_request, response) => {
    const simulator = simulatorUrl();
    const active = simulator ? await readFaults(simulator) : [];
    const states = vendors.map((entry) => ({ ...entry, fault: nameFault(active, entry.vendor) }));
    response.json({ sdk, simulated: simulator !== undefined, vendors: states });
  });

  router.post("/api/vendors/:vendor/fault", async (request, response) => {
    const { vendor } = request.params;
    const name = String(request.body?.fault);
    const fault = faults.get(name);
    if (!vendors.some((entry) => entry.vendor === vendor)) throw refuse(404, `There is no vendor "${vendor}" here.`);
    if (fault === undefined) throw refuse(400, `"fault" is one of: ${[...faults.keys()].join(", ")}.`);
    const simulator = simulatorUrl();
    if (!simulator) throw refuse(409, "These are the real vendors. Start without keys to play outages.");

    await callSimulator(`${simulator}/faults?vendor=${vendor}`, { method: "DELETE" });
    const body = JSON.stringify({ vendor, ...fault });
    if (fault) await callSimulator(`${simulator}/faults`, { method: "POST", body });
    response.json({ vendor, fault: name });
  });
  return router;
}

const host = process.env.HOST ?? "127.0.0.1";
const local = /^(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/;

/**
 * A page of another site, open in a browser on this machine, must not spend money here, nor flip a switch. The browser
 * says so in `Sec-Fetch-Site`, older ones in `Origin`; with DNS rebinding only the name in `Host` tells.
 */
function refuseForeignPages(request: Request, _response: unknown, next: () => void): void {
  const { host: authority = "", origin, "sec-fetch-site": site } = request.headers;
  const name = authority.toLowerCase().replace(/:\d*$/, "");
  const allowed = (process.env.ALLOWED_HOSTS ?? "").toLowerCase().split(",");
  if (local.test(host) && !local.test(name) && !allowed.includes(name))
    throw refuse(403, "Open this application as localhost or 127.0.0.1, or set ALLOWED_HOSTS to its name.");
  const isOwn =
    site === undefined ? !origin || URL.parse(origin)?.host === authority : /^(same-origin|none)$/.test(site);
  const isRead = request.method === "GET" && request.get("sec-fetch-mode") === "navigate"; // A link to the page.
  if (!isOwn && !isRead) throw refuse(403, "Pages of other sites may not use this application.");
  next();
}

/**
 * The last stop for every error before an answer has begun: `{ error: { message, code, status, attempts } }`.
 * Express knows it by its four parameters.
 */
// oxlint-disable-next-line max-params
export const replyWithFailure: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent) return next(error);
  const failure = readFailure(error);
  response.status(failure.status ?? 500).json({ error: failure });
};

/** Listens on HOST (127.0.0.1) and PORT (3000; 0 takes a free one), and says where. */
export function listen(app: Express): void {
  const server = app.listen(Number(process.env.PORT ?? 3000), host, (error) => {
    if (error) {
      console.error(`The example cannot listen: ${error.message}. Set PORT to another port.`);
      process.exit(1);
    }
    const { address, port } = server.address() as AddressInfo;
    console.log(`Example application: http://${address}:${port}`);
  });
}

function simulatorUrl(): string | undefined {
  return process.env.UNDERSTUDY_SIMULATOR_URL?.replace(/\/$/, "") || undefined;
}

/** What the simulator plays right now, as `{ active: [{ vendor, script: { fault, ... } }] }`. */
async function readFaults(simulator: string): Promise<ActiveFault[]> {
  const response = await callSimulator(`${simulator}/faults`, { method: "GET" });
  return ((await response.json()) as { active: ActiveFault[] }).active;
}

async function callSimulator(url: string, init: RequestInit): Promise<Response> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { ...init, headers, signal: AbortSignal.timeout(3000) }).catch((error: unknown) => {
    throw refuse(502, `The simulator does not answer at ${url}.`, error);
  });
  if (!response.ok) throw refuse(502, `The simulator answered ${response.status}: ${await response.text()}`);
  return response;
}

/** The switch that a vendor stands on; a fault that was set elsewhere and has no switch keeps its own name. */
function nameFault(active: ActiveFault[], vendor: string): string {
  const script = active.find((entry) => entry.vendor === vendor)?.script;
  if (!script) return "healthy";
  const known = [...faults].find(([, fault]) => fault?.fault === script.fault && fault?.status === script.status);
  return known?.[0] ?? String(script.fault);
}

function refuse(status: number, message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { status });
}
