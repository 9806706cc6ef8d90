// `seed` is called `random_seed` at Mistral, which answers 422 to names that it does not know.
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
