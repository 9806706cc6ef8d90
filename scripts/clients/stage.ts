// The gateway and the fake vendors for one cell: the client's route with its primary and a stand-in, and the primary's
// fault. The gateway runs with its defaults, or with the settings in the client's row.
import { createGateway, type ConfigFile } from "../../src/index.ts";
import { startSimulator, type LogEntry, type Simulator } from "../../src/simulator/index.ts";
import {
  askedIn,
  befall,
  part,
  providersAt,
  standIns,
  usualScript,
  type Asked,
  type Cast,
  type Part,
  type Phase,
  type StandIn,
} from "../../test/support/story.ts";
import type { Client, Speech } from "./vocabulary.ts";

/** The primary, if the client asks for a name that is not a model. */
const usualPrimaries: Readonly<Record<Speech, Part>> = {
  chat: part("openai/gpt-4.1", "openai"),
  responses: part("openai/gpt-5.1", "openai"),
  messages: part("anthropic/claude-opus-4-8", "anthropic"),
  gemini: part("google/gemini-2.5-pro", "google"),
};

export interface Stage extends AsyncDisposable {
  readonly origin: string;
  readonly warnings: readonly string[];
  /** The story's requests, oldest first, with their targets. */
  asked(): readonly Asked[];
}

export async function openStage(
  client: Client,
  { standIn, phase }: { standIn: StandIn | null; phase: Phase },
): Promise<Stage> {
  const simulator = await startSimulator();
  simulator.answerWith(client.script ?? usualScript);
  const cast: Cast = {
    primary: primaryOf(client),
    standIn: standIn === null ? null : standIns[standIn],
    isOfStory: (entry) => client.script !== undefined || offersTools(entry),
  };
  const warnings: string[] = [];
  const gateway = createGateway(configFor(simulator, client, cast), {
    environment: {},
    warn: (message) => warnings.push(message),
  });
  const { url } = await gateway.listen({ port: 0 });
  befall(simulator, cast, phase);
  return {
    origin: url,
    warnings,
    asked: () => askedIn(simulator, cast),
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await simulator.close();
    },
  };
}

function primaryOf({ speaks, model }: Client): Part {
  const usual = usualPrimaries[speaks];
  if (model === "assistant") return usual;
  return part(`${usual.target.slice(0, usual.target.indexOf("/"))}/${model}`, usual.vendor);
}

/** Side requests (titles, summaries) offer no tools. */
function offersTools({ body }: LogEntry): boolean {
  const { tools, input, thread } = (body ?? {}) as { tools?: unknown; input?: unknown; thread?: unknown };
  // a conversation that is stored at the vendor continues without them
  if (thread !== undefined) return true;
  if (Array.isArray(tools) && tools.length > 0) return true;
  return Array.isArray(input) && input.some((item) => (item as { type?: unknown }).type === "additional_tools");
}

function configFor(
  simulator: Simulator,
  { model, sideModels = [], speaks, midStream }: Client,
  { primary, standIn }: Cast,
): ConfigFile {
  const own = usualPrimaries[speaks].target.split("/")[0] ?? "";
  const sides = sideModels.map((side) => [side, { fallback: [`${own}/${side}`] }] as const);
  const targets = [primary.target, ...(standIn === null ? [] : [standIn.target])];
  return {
    providers: providersAt(simulator),
    routes: {
      [model]: { fallback: targets, ...(midStream === undefined ? {} : { mid_stream: midStream }) },
      ...Object.fromEntries(sides),
    },
  };
}
