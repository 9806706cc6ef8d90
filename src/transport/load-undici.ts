// undici, loaded with the first transport: importing the library must not pay for it. `require`, because a transport
// opens synchronously.
import { createRequire } from "node:module";
import type * as Undici from "undici";

const require = createRequire(import.meta.url);

export const loadUndici = (): typeof Undici => require("undici") as typeof Undici;
