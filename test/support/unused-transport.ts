// A transport for code that must not use the network.
import type { Transport } from "../../src/core/transport.ts";

export const unusedTransport: Transport = {
  send: () => Promise.reject(new Error("nothing may be sent here")),
  close: () => Promise.resolve(),
};
