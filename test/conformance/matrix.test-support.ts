// Recordings x protocols: what comes of each recorded exchange in each protocol. The tests hold that nothing failed, and the
// table in docs/protocols.md is written from the same cells. Not a test.
import type { Simulator } from "../../src/simulator/simulator.ts";
import type { SchemaChecker } from "../support/openapi.ts";
import { readRecordings, type Recording } from "../support/recordings.ts";
import { tellAnswer, type Told } from "./answer-cells.test-support.ts";
import { answersByApi, four, protocolsByApi } from "./protocols.test-support.ts";
import { askRequest } from "./request-cells.test-support.ts";
import { count, embed } from "./service-cells.test-support.ts";

export interface Cell {
  readonly recording: string;
  /** `openai-chat of groq` */
  readonly group: string;
  readonly side: "request" | "answer" | "both";
  readonly to: string;
  /** Null where it passed. */
  readonly skipped: string | null;
  readonly complaints: readonly string[];
}

export interface Tools {
  readonly schemas: SchemaChecker | null;
  readonly simulator: Simulator;
}

/** Kinds of traffic that no cell is made of, with the reason. */
const untested: Readonly<Record<string, string>> = {
  models: "lists of models are the gateway's own",
};
const services = { embeddings: embed, "count-tokens": count } as const;

/** All cells, in the order of the recordings' names. */
export async function makeCells(tools: Tools): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (const api of [...Object.keys(answersByApi), ...Object.keys(services), ...Object.keys(untested)].toSorted()) {
    for (const recording of readRecordings(api)) cells.push(...(await cellsOf(recording, tools)));
  }
  return cells;
}

async function cellsOf(recording: Recording, tools: Tools): Promise<Cell[]> {
  const { api } = recording;
  const reason = untested[api];
  if (reason !== undefined) return [cellOf(recording, { side: "both", to: "" }, { skipped: reason })];
  if (api === "embeddings" || api === "count-tokens")
    return [cellOf(recording, { side: "both", to: "" }, await outcomeOf(() => services[api]({ recording, ...tools })))];
  const cells: Cell[] = [];
  for (const to of four) {
    const asked = await outcomeOf(() => askedOf({ recording, to, ...tools }));
    const answered = await outcomeOf(() => tellAnswer({ recording, to, schemas: tools.schemas }));
    cells.push(cellOf(recording, { side: "request", to }, asked), cellOf(recording, { side: "answer", to }, answered));
  }
  return cells;
}

async function askedOf(asking: Parameters<typeof askRequest>[0]): Promise<Told> {
  const { api, request, response } = asking.recording;
  if (protocolsByApi[api] === undefined) return { skipped: "no client speaks this protocol" };
  if (request.body === null) return { skipped: "the request was not recorded" };
  if (response.status >= 300) return { skipped: "the vendor itself refused it" };
  return askRequest(asking);
}

/** What throws has failed; the cell says of what. */
async function outcomeOf(make: () => Promise<Told>): Promise<Told> {
  try {
    return await make();
  } catch (error) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
}

function cellOf({ id, api, provider }: Recording, place: Pick<Cell, "side" | "to">, told: Told): Cell {
  const skipped = "skipped" in told ? told.skipped : null;
  const complaints = "skipped" in told ? [] : told;
  return { recording: id, group: `${api} of ${provider}`, ...place, skipped, complaints };
}
