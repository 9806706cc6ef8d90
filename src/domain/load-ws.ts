// The library for WebSockets, loaded with the first one: most programs open none. `require`, because it is needed in the
// middle of synchronous code.
import { createRequire } from "node:module";
import type * as Ws from "ws";

const require = createRequire(import.meta.url);

export const loadWs = (): typeof Ws => require("ws") as typeof Ws;
