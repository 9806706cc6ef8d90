// Azure OpenAI and Azure AI Foundry: OpenAI's protocols at an address of the customer's own, where a model's name is the name
// of a deployment; Claude's in Anthropic's protocol beside them (platform.claude.com, "Claude in Microsoft Foundry"). Sources: learn.microsoft.com/azure/ai-foundry/openai (api-version-lifecycle, latest, reference).
import type { Account } from "../core/account.ts";
import type { Auth } from "../core/auth.ts";
import type { ModelFacts, ProviderRow } from "../core/provider.ts";
import { pathSegment } from "../domain/path-segment.ts";
import { apiKeyHeaderOrBearer } from "./auth/api-key-header.ts";
import { entraCredentialMembers, openEntraCredential } from "./auth/entra-credential.ts";
import { claudeFacts, compatibleFacts } from "./facts.ts";
import { unresolved } from "./unresolved.ts";
import { listTariff } from "./list-tariff.ts";

/** `my-resource`, `my-resource.services.ai.azure.com`, or the endpoint as the portal shows it. */
function hostOf(resource: string): string {
  const host = resource.replace(/^https:\/\//u, "").replace(/\/$/u, "");
  return host.includes(".") ? host : `${host}.openai.azure.com`;
}

/** Versions before v1 are dates. */
function isDated(version: string | undefined): boolean {
  return version !== undefined && /^\d{4}-\d\d-\d\d/u.test(version);
}

const messages = "anthropic-messages";

/** Claude's paths take its own header, and the others Azure's; a token of Entra ID is a bearer at both. */
const auth: Auth = {
  sign: (request, credential, tools) =>
    (request.path.includes("/anthropic/v1/") ? claudeAuth : openaiAuth).sign(request, credential, tools),
};
const claudeAuth = apiKeyHeaderOrBearer("x-api-key");
const openaiAuth = apiKeyHeaderOrBearer("api-key");

const otherFacts = compatibleFacts({});

/** A deployment is named after its model unless its owner gives it another name: then `like` says what it is. */
function azureFacts(model: string): ModelFacts {
  if (!/^claude-/iu.test(model)) return otherFacts(model);
  return { ...claudeFacts(model), takesRegion: false, detour: { protocol: messages, when: "always" } };
}

/** Tasks below `/deployments`; Responses is not among them. */
const ofDeployments = /^\/(?:chat\/completions|completions|embeddings|images|audio)\b/u;

export const azureAccount: Account = {
  settings: {
    resource: {
      variables: ["AZURE_OPENAI_ENDPOINT", "AZURE_RESOURCE_NAME"],
      pattern: /^(?:https:\/\/)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\/?$/iu,
      form: "a resource's name or host, e.g. my-resource, or my-resource.services.ai.azure.com",
      required: true,
      places: { ownKeys: true },
    },
    api_version: {
      variables: ["AZURE_OPENAI_API_VERSION", "AZURE_API_VERSION", "OPENAI_API_VERSION"],
      pattern: /^(?:v1|latest|preview|\d{4}-\d\d-\d\d(?:-preview)?)$/u,
      form: "v1 or a date, e.g. 2025-04-01-preview",
      usual: "v1",
    },
  },
  inRequests: {
    settings: { resource: "azure_resource_name", api_version: "azure_api_version" },
    token: "azure_ad_token",
    model: "azure_deployment_id",
    refused: ["azure_foundry_url", "azure_entra_client_secret", "azure_managed_client_id", "azure_workload_client_id"],
  },
  credentialMembers: entraCredentialMembers,
  openCredential: (question) => (question.settings.resource === undefined ? null : openEntraCredential(question)),
  baseUrl({ resource, api_version: version }) {
    if (resource === undefined) return null;
    return `https://${hostOf(resource)}/openai${isDated(version) ? "" : "/v1"}`;
  },
  remedies: [
    { verdict: "unreachable", words: unresolved, setting: "resource" },
    { verdict: "unknown_model", words: /deployment/iu, setting: "the target's model, which is the deployment's name," },
    { verdict: "unknown_model", words: /resource not found/iu, setting: "api_version" },
    { verdict: "bad_request", words: /api[- ]version/iu, setting: "api_version" },
    { verdict: "bad_key", words: /subscription key/iu, setting: "api_key and resource" },
    { verdict: "forbidden", words: /permission|data ?action|principal/iu, setting: "the role of credentials" },
  ],
  bases({ api_version: version }) {
    const end = isDated(version) ? "/openai" : "/openai/v1";
    return { "openai-chat": end, "openai-responses": end, "openai-completions": end, [messages]: "/anthropic/v1" };
  },
  path({ api_version: version }) {
    if (version === undefined || version === "v1") return;
    const versioned = (path: string): string =>
      // Claude's own paths have no versions.
      path.startsWith("/messages") ? path : `${path}${path.includes("?") ? "&" : "?"}api-version=${version}`;
    if (!isDated(version)) return (_model, _mode, usual) => versioned(usual);
    return (model, _mode, usual) => {
      // Dated versions call it by another name: `/openai/realtime?api-version=…&deployment=…`.
      if (usual.startsWith("/realtime?")) return versioned(usual.replace(/(?<=[?&])model=/u, "deployment="));
      return versioned(`${ofDeployments.test(usual) ? `/deployments/${pathSegment(model)}` : ""}${usual}`);
    };
  },
};

export const azure: ProviderRow = {
  name: "azure",
  title: "Azure OpenAI",
  protocol: "openai-chat",
  baseUrl: null,
  keyVariables: ["AZURE_OPENAI_API_KEY", "AZURE_API_KEY"],
  auth,
  account: azureAccount,
  // Claude's API needs it, and Azure's own ignores it.
  headers: { "anthropic-version": "2023-06-01" },
  forward: ["anthropic-version", "anthropic-beta"],
  quirks: [],
  apis: { chat: "openai-chat", responses: "openai-responses" },
  alsoTakes: { "openai-responses": /^/u, "openai-completions": /^/u },
  models: [],
  // It lists the models that can be deployed, and not the deployments.
  listsModels: false,
  facts: azureFacts,
  likeTariff: listTariff("azure"),
};
