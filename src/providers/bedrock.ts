// Amazon Bedrock: many vendors' models behind one account, in Converse. Claude is asked in its own protocol instead, OpenAI's
// open models in theirs. A model's id may have the place of an inference profile before it, or be an ARN.
// Sources: docs.aws.amazon.com/bedrock/latest (APIReference, userguide/models-supported, inference-profiles-support).
import type { Account, AccountSettings } from "../core/account.ts";
import type { ModelFacts, PathMode, ProviderRow } from "../core/provider.ts";
import { pathSegment } from "../domain/path-segment.ts";
import { awsCredentialMembers, openAwsCredential } from "./auth/aws-credential.ts";
import { awsSignature } from "./auth/aws-signature.ts";
import { claudeFacts, compatibleFacts } from "./facts.ts";
import { unresolved } from "./unresolved.ts";
import { listTariff, listWindow } from "./list-tariff.ts";
import { guardrailParts } from "./quirks/guardrails.ts";
import { claudeOnBedrock } from "./quirks/on-bedrock.ts";

/** AWS's partitions have domains of their own. */
function domainOf(region: string): string {
  if (region.startsWith("cn-")) return "amazonaws.com.cn";
  return region.startsWith("eusc-") ? "amazonaws.eu" : "amazonaws.com";
}

export const bedrockAccount: Account = {
  settings: {
    region: {
      variables: ["AWS_REGION", "AWS_DEFAULT_REGION"],
      pattern: /^[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$/u,
      form: "a region, e.g. us-east-1",
      required: true,
      places: { isWithin: (place, region) => place === region || place.startsWith(`${region}-`) },
    },
  },
  baseUrl({ region }: AccountSettings) {
    return region === undefined ? null : `https://bedrock-runtime.${region}.${domainOf(region)}`;
  },
  remedies: [
    { verdict: "unreachable", words: unresolved, setting: "region" },
    { verdict: "bad_key", words: /scoped to a valid region/iu, setting: "region" },
    { verdict: "bad_key", words: /security token|signature we calculated/iu, setting: "credentials" },
    { verdict: "unknown_model", setting: "region and the model's id" },
    {
      verdict: "unsupported",
      words: /on-demand throughput/iu,
      setting: "the model's id: it needs an inference profile",
    },
  ],
  inRequests: {
    settings: { region: "aws_region" },
    credentials: {
      access_key_id: "aws_access_key_id",
      secret_access_key: "aws_secret_access_key",
      session_token: "aws_session_token",
    },
    refused: ["aws_role_arn"],
  },
  credentialMembers: awsCredentialMembers,
  openCredential: openAwsCredential,
  placeCredential: (credential, { region }) =>
    credential.kind !== "signing-keys" || region === undefined ? credential : { ...credential, region },
};

/** The same account at the service for OpenAI's and Anthropic's protocols. */
export const mantleAccount: Account = {
  ...bedrockAccount,
  baseUrl: ({ region }) => (region === undefined ? null : `https://bedrock-mantle.${region}.api.aws/openai/v1`),
};

/** `us.anthropic.claude-opus-4-1-20250805-v1:0`, or an ARN that ends in such an id: the model's own name. */
function nameOf(model: string): string {
  const id = model.slice(model.lastIndexOf("/") + 1);
  return id
    .replace(/^(?:us|us-gov|eu|apac|jp|au|ca|sa|me|af|global)\./iu, "")
    .replace(/-v\d+(?::\d+)?(?::\w+)?$/iu, "");
}

/** `/messages` is Claude's own protocol, `/chat/completions` OpenAI's; that of Converse has the model in it. */
function pathOf(model: string, mode: PathMode, usual: string): string {
  if (usual === "/messages")
    return `/model/${pathSegment(model)}/${mode === "stream" ? "invoke-with-response-stream" : "invoke"}`;
  return usual.startsWith("/model/") ? usual : `/openai/v1${usual}`;
}

const claudeDetour = { protocol: "anthropic-messages", when: "always" } as const;
const openaiDetour = { protocol: "openai-chat", when: "always" } as const;
const openaiFacts = compatibleFacts({});
/** Converse fetches nothing, and takes JSON Schema from few models. */
const converseFacts = compatibleFacts({ imageUrls: false, webSearch: false, jsonSchema: null, logprobs: false });

function bedrockFacts(model: string): ModelFacts {
  const name = nameOf(model);
  if (/^(?:anthropic\.)?claude/iu.test(name))
    // It fetches nothing from the web, and runs none of Anthropic's own tools there.
    return { ...claudeFacts(name), imageUrls: false, webSearch: false, takesRegion: false, detour: claudeDetour };
  const ownName = name.slice(name.indexOf(".") + 1);
  if (/^gpt-oss/iu.test(ownName)) return { ...openaiFacts(ownName), detour: openaiDetour };
  return converseFacts(ownName);
}

export const bedrock: ProviderRow = {
  name: "bedrock",
  title: "Amazon Bedrock",
  protocol: "bedrock-converse",
  baseUrl: null,
  path: pathOf,
  lacks: ["count", "passthrough"],
  keyVariables: ["AWS_BEARER_TOKEN_BEDROCK"],
  auth: awsSignature("bedrock"),
  account: bedrockAccount,
  guardrail: guardrailParts,
  // As AWS's own clients: the form of a stream is in the path, not in this header.
  headers: { accept: "application/json" },
  forward: [
    "anthropic-beta",
    "x-amzn-bedrock-guardrailidentifier",
    "x-amzn-bedrock-guardrailversion",
    "x-amzn-bedrock-trace",
  ],
  quirks: [claudeOnBedrock],
  models: [],
  // Its list is the control plane's: another host, and other permissions than those to ask models.
  listsModels: false,
  facts: bedrockFacts,
  tariff: listTariff("bedrock"),
  listedWindow: listWindow("bedrock"),
};
