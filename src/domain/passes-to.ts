// Whether a provider has the service that a request asks for as it is: the plan and the translation ask the same.
import type { Call } from "../core/exchange.ts";
import type { ProviderRow } from "../core/provider.ts";

export function passesTo(row: ProviderRow, { protocol, task }: Pick<Call, "protocol" | "task">): boolean {
  return (row.operations ?? row.protocol) === protocol && row.lacks?.includes(task) !== true;
}
