// The public names of `understudy-gateway/simulator`: fake vendors on loopback, for the tests of the gateway's users.
export { SimulatorInputError } from "./faults/read-fault-script.ts";
export { startSimulator } from "./simulator.ts";
export type { FaultScript, LogEntry, Pace, ScriptedAnswer, Simulator, SimulatorOptions, Vendor } from "./simulator.ts";
