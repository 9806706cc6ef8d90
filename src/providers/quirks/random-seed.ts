// Mistral's name of `seed` is `random_seed`; it answers 422 to unknown names.
import type { Quirk } from "../../core/provider.ts";
import { unchanged, withFields } from "./change.ts";

export const randomSeed: Quirk = {
  name: "random-seed",
  fields: ["seed"],
  request(body) {
    const { seed } = body;
    if (seed === undefined) return unchanged(body);
    return { body: withFields(body, { seed: undefined, random_seed: seed }), dropped: [], adapted: [] };
  },
};
