// Whether a Responses client's system messages stand where a host's chat template takes them. `instructions` is the
// first one: a host that serves this protocol beside its own renders it so (docs.vllm.ai, Responses API).
import type { RawMembers } from "../../../core/encoded-request.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { systemFits } from "../../shared/system-fits.ts";

export function isOrdered(request: RawMembers, { systemMessages }: ModelFacts): boolean {
  if (systemMessages === "anywhere") return true;
  const instructions = request.has("instructions") && request.read("instructions") !== null ? ["system"] : [];
  const isLater = ["system", "developer"].some((role) => request.mentions("input", `"${role}"`));
  // Whatever comes after them is no system message.
  if (!isLater) return systemFits([...instructions, "user"], systemMessages);
  return systemFits([...instructions, ...request.texts("input", "role")], systemMessages);
}
