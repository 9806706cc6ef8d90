// What rows say about the names of their models, apart from the protocol: which hosts have no list of them, and which names
// can only be a host's own.

/**
 * Hosts without `GET /models` at their address. GitHub's catalogue is at another path (docs.github.com/rest/models);
 * Cohere's compatibility API, Perplexity, Databricks, Snowflake and Workers AI document none.
 */
export const listless: ReadonlySet<string> = new Set([
  "github",
  "cohere",
  "perplexity",
  "databricks",
  "snowflake",
  "cloudflare",
]);

/** By row. Fine-tuned models, deployments and resources of an account, which no list of the vendor's shows to all. */
export const ownNames: Readonly<Record<string, RegExp>> = {
  google: /^tunedModels\//u,
  openai: /^ft:/u,
  fireworks: /^accounts\//u,
  vertex: /^(?:publishers|projects)\//u,
  bedrock: /^(?:arn:aws[a-z-]*:bedrock:|(?:us|us-gov|eu|apac|jp|au|ca|sa|me|af|global)\.[a-z0-9]+\.)/u,
};

/**
 * By row: what LiteLLM writes between the provider and the model to choose an endpoint. Source: docs.litellm.ai/docs/providers,
 * the pages openai/responses_api, azure and bedrock. No model of these hosts begins so.
 */
export const endpointPrefixes: Readonly<Record<string, RegExp>> = {
  openai: /^(?:responses|chat)\//u,
  azure: /^(?:responses|chat|o_series|gpt5_series)\//u,
  bedrock: /^(?:converse|converse_like|invoke)\//u,
};
