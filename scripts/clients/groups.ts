// All clients, in the order of the page's tables.
import { clis } from "./clis.ts";
import { sdks } from "./sdks.ts";
import { shapes } from "./shapes.ts";
import type { Group } from "./vocabulary.ts";

export const groups: readonly Group[] = [
  { heading: "Coding agents", clients: [...clis, ...shapes] },
  { heading: "SDKs and frameworks", clients: sdks },
];
