// The JSON Schema of the configuration, for editors; the build writes it to `dist/schema.json`. It is generated from the
// schema that checks configurations, so the two cannot differ.
import { createConfigSchema } from "./schema.ts";
import { zod } from "./zod.ts";

/** Point an editor at it: `# yaml-language-server: $schema=node_modules/understudy-gateway/dist/schema.json`. */
export const configJsonSchema = (): Record<string, unknown> => ({
  ...zod().toJSONSchema(createConfigSchema(), { io: "input", target: "draft-07", unrepresentable: "any" }),
  title: "Understudy configuration",
  description: "Providers, routes and policies of the gateway. See docs/configuration.md.",
});
