// The accounts of OpenAI-compatible hosts whose addresses have the customer's own name in them, and the regions of those with
// several hosts. What an operator writes becomes a part of an address, so each setting allows only what can be there: it
// never changes the host to another's.
import type { Account } from "../core/account.ts";

const label = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?";

/** Source: developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility. */
const cloudflareAccount: Account = {
  inRequests: { settings: { account: "workers_ai_account_id" } },
  settings: {
    account: {
      variables: ["CLOUDFLARE_ACCOUNT_ID"],
      pattern: /^[0-9a-f]{32}$/iu,
      form: "an account's id: 32 hexadecimal digits",
      required: true,
    },
  },
  baseUrl: ({ account }) =>
    account === undefined ? null : `https://api.cloudflare.com/client/v4/accounts/${account}/ai/v1`,
};

/** Source: docs.databricks.com, query foundation models: `https://<workspace>/serving-endpoints`. */
const databricksAccount: Account = {
  settings: {
    workspace: {
      variables: ["DATABRICKS_HOST"],
      pattern: new RegExp(
        `^(?:https://)?${label}(?:\\.${label})*\\.(?:cloud\\.databricks\\.com|azuredatabricks\\.net|gcp\\.databricks\\.com|databricks\\.azure\\.[a-z]{2,3})/?$`,
        "iu",
      ),
      form: "a workspace's host, e.g. my-workspace.cloud.databricks.com",
      required: true,
    },
  },
  baseUrl: ({ workspace }) =>
    workspace === undefined
      ? null
      : `https://${workspace.replace(/^https:\/\//iu, "").replace(/\/$/u, "")}/serving-endpoints`,
};

/** Source: docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-rest-api. Host names have no underscores. */
const snowflakeAccount: Account = {
  inRequests: { settings: { account: "snowflake_account" } },
  settings: {
    account: {
      variables: ["SNOWFLAKE_ACCOUNT"],
      pattern: /^[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/iu,
      form: "an account's identifier, e.g. myorg-account123",
      required: true,
    },
  },
  baseUrl: ({ account }) =>
    account === undefined
      ? null
      : `https://${account.toLowerCase().replaceAll("_", "-")}.snowflakecomputing.com/api/v2/cortex/v1`,
};

/** Hosts by region; the first is the usual one. */
function regionalAccount(hosts: Readonly<Record<string, string>>): Account {
  const names = Object.keys(hosts);
  return {
    settings: {
      region: {
        variables: [],
        pattern: new RegExp(`^(?:${names.join("|")})$`, "u"),
        form: `one of ${names.join(", ")}`,
      },
    },
    baseUrl: ({ region }) => hosts[region ?? names[0] ?? ""] ?? null,
  };
}

/** Residency hosts. Source: OpenAI's SDK 7.57, `us. eu. ae. au. in. jp.` before `api.openai.com`. */
const openaiAccount: Account = {
  settings: {
    region: { variables: [], pattern: /^(?:us|eu|ae|au|in|jp)$/u, form: "one of us, eu, ae, au, in, jp" },
  },
  baseUrl: ({ region }) => `https://${region === undefined ? "" : `${region}.`}api.openai.com/v1`,
};

const dashscope = (place: string): string => `https://dashscope${place}.aliyuncs.com/compatible-mode/v1`;
/** Source: www.alibabacloud.com/help/en/model-studio/anthropic-api-messages, and LiteLLM's page on DashScope. */
const dashscopeAccount: Account = regionalAccount({ intl: dashscope("-intl"), cn: dashscope("") });

const anthropicPath = "/anthropic/v1";
/** Source: platform.minimax.io and platform.minimaxi.com, text-anthropic-api. */
const minimaxAccount: Account = regionalAccount({
  intl: `https://api.minimax.io${anthropicPath}`,
  cn: `https://api.minimaxi.com${anthropicPath}`,
});

/** By the row's name. */
export const compatibleAccounts: Readonly<
  Record<"openai" | "cloudflare" | "databricks" | "snowflake" | "dashscope" | "minimax", Account>
> = {
  openai: openaiAccount,
  cloudflare: cloudflareAccount,
  databricks: databricksAccount,
  snowflake: snowflakeAccount,
  dashscope: dashscopeAccount,
  minimax: minimaxAccount,
};
