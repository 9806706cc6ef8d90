// Mistral's highest temperature is 1.5, OpenAI's is 2: "Input should be less than or equal to 1.5", with 422. The value
// is clamped to the highest.
import type { Quirk } from "../../core/provider.ts";
import { unchanged, withFields } from "./change.ts";

export function mostTemperature(most: number): Quirk {
  return {
    name: "most-temperature",
    fields: ["temperature"],
    request(body) {
      const temperature = body["temperature"];
      if (typeof temperature !== "number" || temperature <= most) return unchanged(body);
      return {
        body: withFields(body, { temperature: most }),
        dropped: [],
        adapted: [`temperature:${temperature}>${most}`],
      };
    },
  };
}
