// undici, loaded when the first transport is opened: importing the library must not pay for it. `require`, because a transport
// opens without waiting.
import { createRequire } from "node:module";
import type * as Undici from "undici";

const require = createRequire(import.meta.url);

export const loadUndici = (): typeof Undici => require("undici") as typeof Undici;
