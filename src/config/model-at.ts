// The name that a provider knows a model by, from the name that an operator or a client wrote. Pure.
import type { ProviderRow } from "../core/provider.ts";

/** Without what LiteLLM writes before it to choose an endpoint: `openai/responses/gpt-5` is `gpt-5` at OpenAI. */
export const modelAt = ({ endpointPrefix }: ProviderRow, written: string): string => {
  const own = endpointPrefix === undefined ? written : written.replace(endpointPrefix, "");
  return own === "" ? written : own;
};
