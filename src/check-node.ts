// The first import of the package's index: on an old Node it throws one sentence before any other module runs. It must
// import nothing that an old Node cannot load. Node links all modules before it runs the first: none may import a name
// that an old Node's own modules lack.
import { nodeFault } from "./node-fault.ts";

/** Throws if it is too old. `version`: such as `20.11.1`. */
export function checkNode(version: string): void {
  const fault = nodeFault(version);
  if (fault !== null) throw new Error(fault);
}

checkNode(process.versions.node);
