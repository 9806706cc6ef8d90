// The first import of the package's index: on an old Node it throws one sentence before any other module runs. It must
// import nothing that an old Node cannot load.
import { nodeFault } from "./node-fault.ts";

const fault = nodeFault(process.versions.node);
if (fault !== null) throw new Error(fault);
