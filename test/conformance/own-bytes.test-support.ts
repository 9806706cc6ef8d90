// Routes whose first target speaks another protocol than the client, and is down, and whose stand-in speaks the client's own: how
// both are asked, and what counts as taken. Not a test.
import { createGateway, type Gateway } from "../../src/index.ts";
import type { JsonObject } from "../../src/core/json.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { attemptsOf } from "../support/stage.ts";
import { type Part, part, providersAt } from "../support/story.ts";
import { oddChat } from "./odd-chat.test-support.ts";
import { oddGemini } from "./odd-gemini.test-support.ts";
import { oddMessages } from "./odd-messages.test-support.ts";
import { oddResponses } from "./odd-responses.test-support.ts";
import type { OddWishes } from "./odd-wishes.test-support.ts";
import type { Four } from "./protocols.test-support.ts";

export const oddWishes: Readonly<Record<Four, OddWishes>> = {
  "openai-chat": oddChat,
  "openai-responses": oddResponses,
  "anthropic-messages": oddMessages,
  "gemini-generate": oddGemini,
};

/** By the protocol that they are spoken to in. */
const vendors: Readonly<Record<Four, Part>> = {
  "openai-chat": part("by-chat/gpt-4o", "openai"),
  "openai-responses": part("by-responses/gpt-5.2", "openai"),
  "anthropic-messages": part("anthropic/claude-sonnet-4-6", "anthropic"),
  "gemini-generate": part("google/gemini-3.8-flash", "google"),
};

/** The same vendors by models that are always down. */
const downs: Readonly<Record<Four, Part>> = {
  "openai-chat": part("by-chat/gpt-4.1", "openai"),
  "openai-responses": part("by-responses/gpt-5.1", "openai"),
  "anthropic-messages": part("anthropic/claude-opus-4-5", "anthropic"),
  "gemini-generate": part("google/gemini-2.5-pro", "google"),
};

const standIns: Readonly<Record<Four, readonly string[]>> = {
  "openai-chat": ["openai/gpt-4o", "openai/gpt-5.2"],
  "openai-responses": ["by-responses/gpt-4o", "by-responses/gpt-5.2"],
  "anthropic-messages": ["anthropic/claude-sonnet-4-5", "anthropic/claude-opus-4-8"],
  "gemini-generate": ["google/gemini-2.5-flash", "google/gemini-3.8-flash"],
};

/** Models of a vendor that Chat Completions clients reach through another of its protocols: one that is down, and one that is well. */
const detour = { down: part("openai/gpt-5.1-codex", "openai"), well: part("openai/gpt-5.2-codex", "openai") };
const behindDetour: readonly string[] = ["openai/gpt-4o", "openai/gpt-5.2"];

export const smallest: Readonly<Record<Four, JsonObject>> = {
  "openai-chat": { messages: [{ role: "user", content: "Hello." }] },
  "openai-responses": { input: [{ role: "user", content: "Hello." }] },
  "anthropic-messages": { max_tokens: 4000, messages: [{ role: "user", content: "Hello." }] },
  "gemini-generate": { contents: [{ role: "user", parts: [{ text: "Hello." }] }] },
};

/** Whose clients ask; or a detour: a client of Chat Completions, and a single vendor. */
export type Setting = Four | "detour";

const others = (protocol: Four): readonly Four[] =>
  (Object.keys(vendors) as readonly Four[]).filter((one) => one !== protocol);

export function downFirst(simulator: Simulator): void {
  for (const { vendor, model } of [...Object.values(downs), detour.down])
    simulator.play(vendor, { fault: "status", status: 503, model });
}

function routeOf(...targets: readonly string[]): string {
  return targets.map((target) => target.replaceAll(/[^a-z0-9]/gu, "-")).join("--");
}

/** Vendors of all other protocols, each alone in a route. */
function vendorsOf(setting: Setting): readonly { readonly route: string; readonly target: string }[] {
  const targets = setting === "detour" ? [detour.well.target] : others(setting).map((one) => vendors[one].target);
  return targets.map((target) => ({ route: routeOf(target), target }));
}

/** Stand-ins of the client's own protocol, each behind a vendor of another one. */
function standInsOf(setting: Setting): readonly { readonly route: string; readonly targets: string[] }[] {
  const firsts = setting === "detour" ? [detour.down] : others(setting).map((one) => downs[one]);
  return (setting === "detour" ? behindDetour : standIns[setting]).map((standIn, index) => {
    const targets = [firsts[index % firsts.length]!.target, standIn];
    return { route: routeOf(...targets), targets };
  });
}

/** New for each request, since what one taught would help the next. */
function openGateway(simulator: Simulator, setting: Setting): Gateway {
  const routes = Object.fromEntries([
    ...vendorsOf(setting).map(({ route, target }) => [route, { target, retry: { attempts: 0 } }]),
    ...standInsOf(setting).map(({ route, targets }) => [route, { fallback: targets, retry: { attempts: 0 } }]),
  ]);
  const providers = providersAt(simulator);
  // Otherwise clients of Responses reach it in their own protocol.
  const byChat = { ...providers["openai"], kind: "openai", protocol: "chat" as const };
  return createGateway({ providers: { ...providers, "by-chat": byChat }, routes }, { environment: {}, warn: () => {} });
}

/** What each stand-in says that refuses it; null where no other vendor takes it at the first time. */
export async function refusalsOf(
  simulator: Simulator,
  setting: Setting,
  given: Omit<Put, "gateway">,
): Promise<string[] | null> {
  const gateway = openGateway(simulator, setting);
  const put = { ...given, gateway };
  try {
    let isTaken = false;
    for (const { route } of vendorsOf(setting)) isTaken ||= await askVendor(put, route);
    if (!isTaken) return null;
    const refused: string[] = [];
    for (const { route } of standInsOf(setting)) {
      const words = await askStandIn(put, route);
      if (words !== null) refused.push(words);
    }
    return refused;
  } finally {
    await gateway.close();
  }
}

interface Put {
  readonly gateway: Gateway;
  readonly path: (model: string) => string;
  readonly body: JsonObject;
}

export function pathOf(protocol: Four, stream = false): (model: string) => string {
  if (protocol === "openai-chat") return () => "/v1/chat/completions";
  if (protocol === "openai-responses") return () => "/v1/responses";
  if (protocol === "anthropic-messages") return () => "/v1/messages";
  const method = stream ? "streamGenerateContent?alt=sse" : "generateContent";
  return (model) => `/v1beta/models/${model}:${method}`;
}

async function ask({ gateway, path, body }: Put, model: string): Promise<Response> {
  const named = path(model).startsWith("/v1beta") ? body : { ...body, model };
  const response = await gateway.fetch(`http://gateway${path(model)}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "anthropic-version": "2023-06-01",
      "anthropic-beta": "context-management-2025-06-27",
    },
    body: JSON.stringify(named),
  });
  await response.text();
  return response;
}

/** Whether the vendor takes it at the first time. */
async function askVendor(put: Put, route: string): Promise<boolean> {
  const response = await ask(put, route);
  return response.ok && attemptsOf(response.headers).length === 1;
}

/** A member that a vendor has never heard of may be newer than our tables: it is told, and asked again without it. */
const unknownMember = /unknown parameter|unknown name|extra inputs are not permitted|unrecognized/iu;

/** Null where the stand-in takes it, or was said to be unfit before it was asked; else what it says. */
async function askStandIn(put: Put, route: string): Promise<string | null> {
  const response = await ask(put, route);
  const standIn = put.gateway.attempts(8).filter(({ target, of }) => of > 0 && route.endsWith(routeOf(target)));
  const isUnfit = attemptsOf(response.headers).at(-1)?.endsWith(":skipped") === true;
  if (isUnfit) return null;
  const call = standIn.at(-1)?.request;
  const refusals = standIn.filter(({ request, verdict }) => request === call && verdict !== "ok");
  if (response.ok && refusals.every(({ message }) => unknownMember.test(message ?? ""))) return null;
  return refusals.map(({ target, verdict, message }) => `${target} ${verdict} ${message ?? ""}`).join(" | ");
}
