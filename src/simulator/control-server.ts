// The control endpoint: plain HTTP, to set faults and read the log. It masks API keys, and never answers as a vendor.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

import { isLoopback, refuseWebPage } from "../domain/web-page.ts";
import type { ScriptedAnswer } from "./answers/answer-book.ts";
import { readScriptedAnswers } from "./answers/read-scripted-answers.ts";
import { faultCatalogue, faultNames } from "./faults/catalogue.ts";
import type { ActiveFault } from "./faults/fault-book.ts";
import { nearest, SimulatorInputError } from "./faults/read-fault-script.ts";
import { asRecord, show, type JsonRecord } from "./json-record.ts";
import type { LogEntry } from "./log-book.ts";
import { vendors, type Pace, type Vendor } from "./vocabulary.ts";

/** The simulator's functions that the endpoint offers. */
export interface Controls {
  describe(): JsonRecord;
  faults(): ActiveFault[];
  play(vendor: Vendor, script: unknown): string;
  heal(vendor: Vendor | undefined): void;
  setPace(vendor: Vendor, pace: Pace): void;
  answers(): readonly ScriptedAnswer[];
  answerWith(answers: readonly ScriptedAnswer[]): void;
  log(): LogEntry[];
  clearLog(): void;
}

const largestBody = 1_048_576;

export function createControlServer(controls: Controls, host: string): Server {
  return createServer((request, response) => {
    handle(controls, request, isLoopback(host)).then(
      (body) => send(response, 200, body),
      (error: unknown) => {
        if (error instanceof WrongRequest) send(response, error.status, { error: error.message });
        else if (error instanceof SimulatorInputError) send(response, 400, { error: error.message });
        else send(response, 500, { error: error instanceof Error ? error.message : String(error) });
      },
    );
  });
}

class WrongRequest extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** It has no key: no web page may break a vendor, or read the log. */
function refuseForeign({ method = "GET", headers }: IncomingMessage, isLocal: boolean): void {
  const refusal = refuseWebPage(method, headers, { isLocal, hosts: [], origins: [] });
  if (refusal?.kind === "form") throw new WrongRequest(415, "send JSON, with the content-type application/json");
  if (refusal?.kind === "host")
    throw new WrongRequest(403, "call the control endpoint as localhost or 127.0.0.1; other names are refused");
  if (refusal !== null) throw new WrongRequest(403, "web pages may not use the control endpoint");
}

async function handle(controls: Controls, request: IncomingMessage, isLocal: boolean): Promise<unknown> {
  refuseForeign(request, isLocal);
  const url = URL.parse(request.url ?? "/", "http://control") ?? new URL("http://control/");
  const route = `${request.method ?? "GET"} ${url.pathname}`;
  switch (route) {
    case "GET /":
      return { ...controls.describe(), endpoints };
    case "GET /healthz":
      return { ok: true };
    case "GET /faults":
      return { active: controls.faults(), known: describeFaults() };
    case "POST /faults": {
      const { vendor, ...script } = await readJson(request);
      return { id: controls.play(readVendor(vendor), script) };
    }
    case "DELETE /faults": {
      const vendor = url.searchParams.get("vendor");
      controls.heal(vendor === null ? undefined : readVendor(vendor));
      return { active: controls.faults() };
    }
    case "GET /log":
      return { entries: controls.log().map(masked) };
    case "DELETE /log":
      controls.clearLog();
      return { entries: [] };
    case "PUT /pace": {
      const { vendor, ...pace } = await readJson(request);
      const chosen = vendor === undefined ? vendors : [readVendor(vendor)];
      for (const one of chosen) controls.setPace(one, readPace(pace));
      return { vendors: chosen, pace };
    }
    case "GET /answers":
      return { answers: controls.answers() };
    case "PUT /answers":
      controls.answerWith(readScriptedAnswers((await readJson(request))["answers"]));
      return { answers: controls.answers() };
    case "DELETE /answers":
      controls.answerWith([]);
      return { answers: [] };
    default:
      throw new WrongRequest(404, `There is nothing at ${route}. Known: ${Object.keys(endpoints).join(", ")}`);
  }
}

const endpoints = {
  "GET /": "this list",
  "GET /healthz": "200 while the simulator runs",
  "GET /faults": "the active faults, and every known fault with its parameters",
  "POST /faults": 'start a fault: {"vendor": "google", "fault": "status", "status": 503, "count": 3}',
  "DELETE /faults": "end all faults, or those of one vendor with ?vendor=",
  "GET /log": "the requests that the vendors received, with the events of their answers",
  "DELETE /log": "clear the log",
  "GET /answers": "the scripted answers",
  "PUT /answers":
    'script the answers: {"answers": [{"call": {"run": {"command": "ls"}}}, {"when": "total", "say": "Done."}]}',
  "DELETE /answers": "remove the scripted answers",
  "PUT /pace": '{"vendor": "google", "firstTokenMs": 300, "tokensPerSecond": 80}; without vendor: all',
} as const;

function describeFaults(): JsonRecord {
  return Object.fromEntries(
    Object.entries(faultCatalogue).map(([name, entry]) => [
      name,
      { description: faultNames[name as keyof typeof faultNames], parameters: entry.parameters ?? [] },
    ]),
  );
}

/** Checks a vendor's name. Throws `SimulatorInputError`. */
export function readVendor(value: unknown): Vendor {
  const vendor = vendors.find((candidate) => candidate === value);
  if (vendor !== undefined) return vendor;
  if (value === undefined)
    throw new SimulatorInputError(`"vendor" is missing: it must be one of ${vendors.join(", ")}`);
  const near = nearest(show(value), vendors);
  throw new SimulatorInputError(
    `unknown vendor ${JSON.stringify(value)}.${near === undefined ? "" : ` Did you mean "${near}"?`} Known: ${vendors.join(", ")}`,
  );
}

/** Checks a pace. Throws `SimulatorInputError`. */
export function readPace(value: JsonRecord): Pace {
  const { firstTokenMs = 0, tokensPerSecond = 0, ...others } = value;
  const [stranger] = Object.keys(others);
  if (stranger !== undefined)
    throw new SimulatorInputError(`a pace takes no "${stranger}", only firstTokenMs and tokensPerSecond`);
  if (!isAmount(firstTokenMs))
    throw new SimulatorInputError('"firstTokenMs" must be a number of milliseconds, 0 or more');
  if (!isAmount(tokensPerSecond))
    throw new SimulatorInputError('"tokensPerSecond" must be a number, 0 or more (0: as fast as possible)');
  return { firstTokenMs, tokensPerSecond };
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function masked(entry: LogEntry): LogEntry {
  const keys = Object.entries(entry.keys).map(([name, value]) => [
    name,
    `${value.slice(0, 3)}…(${value.length} characters)`,
  ]);
  return { ...entry, keys: Object.fromEntries(keys) as Record<string, string> };
}

async function readJson(request: IncomingMessage): Promise<JsonRecord> {
  let text = "";
  for await (const bytes of request) {
    text += String(bytes);
    if (text.length > largestBody) throw new WrongRequest(413, "the body is larger than 1 MiB");
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SimulatorInputError(`the body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const record = asRecord(value);
  if (record === undefined) throw new SimulatorInputError("the body must be a JSON object");
  return record;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = `${JSON.stringify(body, null, 2)}\n`;
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}
