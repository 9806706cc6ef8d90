// Google Vertex AI: Gemini, Claude and open models behind one account. The publisher in the path follows from the model's name.
// Sources: cloud.google.com/vertex-ai/generative-ai/docs (model reference, partner models, locations, express mode).
import type { Account } from "../core/account.ts";
import type { ProtocolName } from "../core/chat.ts";
import type { ModelFacts, ProviderRow } from "../core/provider.ts";
import { pathSegment } from "../domain/path-segment.ts";
import { apiKeyHeaderOrBearer } from "./auth/api-key-header.ts";
import { googleCredentialMembers, openGoogleCredential } from "./auth/google-credential.ts";
import { claudeFacts, compatibleFacts, geminiFacts } from "./facts.ts";
import { unresolved } from "./unresolved.ts";
import { listTariff, listWindow } from "./list-tariff.ts";
import { claudeOnVertex, noCallIdsOnVertex } from "./quirks/on-vertex.ts";

/** `us` and `eu` are multi-regions with hosts of their own; `global` has no location in its host. */
function hostOf(location: string): string {
  if (location === "global") return "aiplatform.googleapis.com";
  if (location === "us" || location === "eu") return `aiplatform.${location}.rep.googleapis.com`;
  return `${location}-aiplatform.googleapis.com`;
}

/** `publishers/anthropic/models/…` and `claude-…` are Claude; `publisher/model` is an open model; the rest is Gemini. */
function publisherOf(model: string): "google" | "anthropic" | "open" {
  if (/^(?:publishers\/anthropic\/models\/|anthropic\/)?claude-/iu.test(model)) return "anthropic";
  return /^(?:publishers\/google\/models\/|google\/)?(?:gemini|gemma|text-|learnlm)/iu.test(model) ||
    !model.includes("/")
    ? "google"
    : "open";
}

/** The model's own name, without its publisher. */
function nameOf(model: string): string {
  return model.replace(/^(?:publishers\/[^/]+\/models\/|google\/|anthropic\/)/iu, "");
}

function pathOf(model: string, mode: string, usual: string): string {
  const publisher = publisherOf(model);
  if (publisher === "open") return `/endpoints/openapi${usual}`;
  const name = pathSegment(nameOf(model));
  // The usual path ends in the method: `/models/NAME:generateContent`.
  if (publisher === "google") return `/publishers/google/models/${name}${usual.slice(usual.lastIndexOf(":"))}`;
  if (mode === "count") return "/publishers/anthropic/models/count-tokens:rawPredict";
  return `/publishers/anthropic/models/${name}:${mode === "stream" ? "streamRawPredict" : "rawPredict"}`;
}

const projectForm = "a project's id, e.g. my-project";

export const vertexAccount: Account = {
  settings: {
    project: {
      variables: ["GOOGLE_CLOUD_PROJECT", "GOOGLE_VERTEX_PROJECT", "ANTHROPIC_VERTEX_PROJECT_ID"],
      pattern: /^[a-z0-9][a-z0-9.:-]{0,62}$/u,
      form: projectForm,
    },
    location: {
      variables: ["GOOGLE_CLOUD_LOCATION", "GOOGLE_VERTEX_LOCATION", "CLOUD_ML_REGION"],
      pattern: /^[a-z]+(?:-[a-z]+\d+)?$/u,
      form: "a location, e.g. europe-west4, eu or global",
      usual: "global",
      places: {
        // `eu` is a multi-region of its own, and the part of the world that Europe's regions lie in.
        isWithin: (place, region) =>
          place === region || place.startsWith(`${region}-`) || (region === "eu" && place.startsWith("europe-")),
      },
    },
  },
  baseUrl({ project, location = "global" }) {
    // Express mode: an API key says whose account it is.
    if (project === undefined) return "https://aiplatform.googleapis.com/v1";
    return `https://${hostOf(location)}/v1/projects/${project}/locations/${location}`;
  },
  remedies: [
    { verdict: "unreachable", words: unresolved, setting: "location" },
    {
      verdict: "unknown_model",
      words: /publisher model|endpoint/iu,
      setting: "location, project and the model's name",
    },
    { verdict: "bad_request", words: /location|region/iu, setting: "location" },
    { verdict: "forbidden", words: /permission|disabled|not been used in project|billing/iu, setting: "project" },
  ],
  // Portkey sends the key as a bearer: it is an access token.
  inRequests: {
    settings: { project: "vertex_project_id", location: "vertex_region" },
    keyIsToken: true,
    refused: ["vertex_service_account_json"],
  },
  credentialMembers: googleCredentialMembers,
  openCredential(question) {
    const { settings, isListed } = question;
    if (settings.project !== undefined) return openGoogleCredential(question);
    if (!isListed) return null;
    const hint = `Set project to ${projectForm}, or api_key for express mode`;
    return { member: null, message: "need a project", hint };
  },
};

const claudeDetour = { protocol: "anthropic-messages", when: "always" } as const;
const openDetour = { protocol: "openai-chat", when: "always" } as const;
const openFacts = compatibleFacts({});

function vertexFacts(model: string): ModelFacts {
  const publisher = publisherOf(model);
  if (publisher === "anthropic") return { ...claudeFacts(nameOf(model)), detour: claudeDetour };
  if (publisher === "open") return { ...openFacts(model), detour: openDetour };
  return geminiFacts(nameOf(model));
}

const alsoTakes: Readonly<Partial<Record<ProtocolName, RegExp>>> = {
  "anthropic-messages": /^(?:publishers\/anthropic\/models\/|anthropic\/)?claude-/iu,
};

export const vertex: ProviderRow = {
  name: "vertex",
  title: "Google Vertex AI",
  protocol: "gemini-generate",
  alsoTakes,
  baseUrl: null,
  path: pathOf,
  // Files, caches and batches have other paths and shapes there.
  lacks: ["passthrough"],
  keyVariables: ["GOOGLE_VERTEX_API_KEY"],
  auth: apiKeyHeaderOrBearer("x-goog-api-key"),
  account: vertexAccount,
  headers: {},
  forward: ["anthropic-beta", "x-vertex-ai-llm-request-type", "x-vertex-ai-llm-shared-request-type"],
  quirks: [noCallIdsOnVertex, claudeOnVertex],
  models: [],
  // Its Model Garden lists what any project could use, at another version of the API.
  listsModels: false,
  facts: vertexFacts,
  tariff: listTariff("google"),
  listedWindow: listWindow("google"),
};
