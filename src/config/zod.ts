// zod, loaded when the first configuration is checked: importing the library, or a start without a file, must not pay for it.
// `require`, because `createGateway` checks its argument without waiting.
import { createRequire } from "node:module";
import type { z } from "zod";

const require = createRequire(import.meta.url);

export const zod = (): typeof z => (require("zod") as { readonly z: typeof z }).z;
