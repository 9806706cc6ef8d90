// The fake vendors together: three services on raw sockets and the control endpoint. Other code imports this module; it
// only connects the parts, and knows no dialect.
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

import { AnswerBook, type ScriptedAnswer } from "./answers/answer-book.ts";
import { readScriptedAnswers } from "./answers/read-scripted-answers.ts";
import { anthropicDialect } from "./anthropic/dialect.ts";
import { answerRequest, type VendorService } from "./answer-request.ts";
import { createControlServer, readPace } from "./control-server.ts";
import { FaultBook } from "./faults/fault-book.ts";
import type { FaultScript } from "./faults/fault-script.ts";
import { readFaultScript, SimulatorInputError } from "./faults/read-fault-script.ts";
import { atAzure } from "./clouds/azure.ts";
import { atCohere } from "./vectors/cohere.ts";
import { atVectorHost } from "./vectors/vector-hosts.ts";
import { atBedrock } from "./clouds/bedrock.ts";
import { atVertex } from "./clouds/vertex.ts";
import { geminiDialect } from "./gemini/dialect.ts";
import { LogBook, type LogEntry, type LogListener } from "./log-book.ts";
import { openaiDialect } from "./openai/dialect.ts";
import { RefusalTimers } from "./refusal-timers.ts";
import { seededRandom } from "./random.ts";
import { vendors, type Dialect, type Pace, type Vendor } from "./vocabulary.ts";
import { VendorServer } from "./wire/vendor-server.ts";

export { faultNames } from "./faults/catalogue.ts";
export type { ScriptedAnswer } from "./answers/answer-book.ts";
export type { FaultScript } from "./faults/fault-script.ts";
export type { LogEntry, LogListener } from "./log-book.ts";
export { vendors, type Pace, type Vendor } from "./vocabulary.ts";

export interface SimulatorOptions {
  /** Makes ids, chances and order repeatable. Default 1. */
  readonly seed?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0 (the default): any free port. */
  readonly ports?: {
    readonly control?: number;
    readonly google?: number;
    readonly openai?: number;
    readonly anthropic?: number;
  };
  /** Default: as fast as possible. */
  readonly pace?: Pace;
  /** Whether a request without a key is refused. Default true. */
  readonly requireKeys?: boolean;
}

export interface Simulator {
  /** The base URL for clients, and the port. */
  readonly vendors: Readonly<Record<Vendor, { readonly baseUrl: string; readonly port: number }>>;
  readonly controlUrl: string;
  /** Starts a fault and returns its id. Throws `SimulatorInputError` if the script is invalid. */
  play(vendor: Vendor, script: FaultScript): string;
  /** Ends the faults of one vendor, or all; answers in flight keep theirs. */
  heal(vendor?: Vendor): void;
  setPace(vendor: Vendor, pace: Pace): void;
  /** Sets the scripted answers of all vendors, and replaces earlier ones; an empty list removes them. */
  answerWith(answers: readonly ScriptedAnswer[]): void;
  log(): LogEntry[];
  clearLog(): void;
  /** Calls the listener at each event from now on; returns a function that removes it. */
  onLog(listener: LogListener): () => void;
  /** The first matching logged request, now or later; rejects after `timeoutMs`. */
  waitFor(predicate: (entry: LogEntry) => boolean, timeoutMs: number): Promise<LogEntry>;
  close(): Promise<void>;
}

const dialects: Readonly<Record<Vendor, Dialect>> = {
  google: { ...geminiDialect, at: atVertex },
  openai: {
    ...openaiDialect,
    at: (request) => atAzure(request) ?? atCohere(request) ?? atVectorHost(request) ?? openaiDialect.at?.(request),
  },
  anthropic: { ...anthropicDialect, at: atBedrock },
};

/** Opens the three vendors and the control endpoint. Rejects if a port is in use. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const host = options.host ?? "127.0.0.1";
  const random = seededRandom(options.seed ?? 1);
  const log = new LogBook();
  const faults = new FaultBook(random, () => performance.now());
  const answers = new AnswerBook();
  const world = {
    random,
    now: () => Date.now(),
    requireKeys: options.requireKeys ?? true,
    threads: new Map(),
    stored: new Map(),
  };
  const pace = readPace({ ...options.pace });
  const service = { world, log, faults, answers, pace };
  const services = forEachVendor((vendor): VendorService => Object.assign({ dialect: dialects[vendor] }, service));
  const servers = forEachVendor((vendor) => {
    return new VendorServer(
      { host, port: options.ports?.[vendor] ?? 0 },
      {
        vendor,
        log,
        answer: (request, place) => answerRequest(services[vendor], request, place),
        onTlsHello: () => faults.pick(vendor, { traits: undefined, requestNumberOnConnection: 0 }),
      },
    );
  });
  const parts: Parts = { host, services, servers, log, faults, answers, refusals: new RefusalTimers(servers) };
  return assemble(parts, options.ports?.control ?? 0);
}

interface Parts {
  readonly host: string;
  readonly services: Readonly<Record<Vendor, VendorService>>;
  readonly servers: Readonly<Record<Vendor, VendorServer>>;
  readonly log: LogBook;
  readonly faults: FaultBook;
  readonly answers: AnswerBook;
  readonly refusals: RefusalTimers;
}

async function assemble(parts: Parts, controlPort: number): Promise<Simulator> {
  const { servers, log, host } = parts;
  const actions = actionsOf(parts);
  const controls = {
    ...actions,
    faults: () => parts.faults.list(),
    answers: () => parts.answers.list(),
    describe: () => ({
      name: "understudy simulator",
      about: "fake vendors with scripted faults",
      vendors: addresses(parts),
    }),
    play: (vendor: Vendor, script: unknown) => actions.play(vendor, readFaultScript(script)),
  };
  const control = createControlServer(controls, host);
  const opening = [...vendors.map((vendor) => servers[vendor].open()), listen(control, controlPort, host)];
  try {
    await Promise.all(opening);
  } catch (error) {
    await Promise.allSettled(opening);
    await closeAll(parts, control);
    throw error;
  }
  return {
    ...actions,
    vendors: addresses(parts),
    controlUrl: `http://${host}:${(control.address() as AddressInfo).port}`,
    onLog: (listener) => log.listen(listener),
    waitFor: (predicate, timeoutMs) => log.waitFor(predicate, timeoutMs),
    close: () => closeAll(parts, control),
  };
}

type Actions = Pick<Simulator, "play" | "heal" | "setPace" | "answerWith" | "log" | "clearLog">;

function actionsOf({ services, log, faults, answers, refusals }: Parts): Actions {
  return {
    play(vendor, input) {
      const script = readFaultScript(input);
      if (!vendors.includes(vendor))
        throw new SimulatorInputError(`unknown vendor "${String(vendor)}". Known: ${vendors.join(", ")}`);
      const id = faults.add(vendor, script);
      if (script.fault === "connection-refused") refusals.start(vendor, script);
      return id;
    },
    heal(vendor) {
      faults.clear(vendor);
      refusals.end(vendor);
    },
    setPace(vendor, pace) {
      services[vendor].pace = readPace({ ...pace });
    },
    answerWith: (scripted) => answers.write(readScriptedAnswers(scripted)),
    log: () => log.entries(),
    clearLog: () => log.clear(),
  };
}

function forEachVendor<T>(make: (vendor: Vendor) => T): Record<Vendor, T> {
  return { google: make("google"), openai: make("openai"), anthropic: make("anthropic") };
}

function addresses({ host, servers }: Parts): Simulator["vendors"] {
  return forEachVendor((vendor) => {
    const { port } = servers[vendor];
    return { baseUrl: `http://${host}:${port}${dialects[vendor].basePath}`, port };
  });
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve());
  });
}

async function closeAll({ servers, faults, refusals }: Parts, control: Server): Promise<void> {
  faults.clear();
  refusals.stop();
  control.closeAllConnections();
  const ended = control.listening ? new Promise<void>((resolve) => control.close(() => resolve())) : undefined;
  await Promise.all([...vendors.map((vendor) => servers[vendor].close()), ended]);
}
