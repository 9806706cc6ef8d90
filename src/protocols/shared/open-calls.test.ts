import fc from "fast-check";
import { expect, test } from "vitest";
import { type OpenCall, OpenCalls } from "./open-calls.ts";

/** A simple model of the class. */
class Plain {
  readonly #open: OpenCall[] = [];
  add(call: OpenCall): void {
    this.#open.push(call);
  }
  clear(): void {
    this.#open.length = 0;
  }
  take(fits: (call: OpenCall) => boolean): OpenCall | undefined {
    const at = this.#open.findIndex(fits);
    return at < 0 ? undefined : this.#open.splice(at, 1)[0];
  }
}

test("property: it takes what a search from the front would take", () => {
  const word = fc.constantFrom("a", "b", "c");
  const step = fc.record({ act: fc.constantFrom("add", "add", "id", "name", "first", "clear"), id: word, name: word });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const [calls, plain] = [new OpenCalls(), new Plain()];
      for (const { act, id, name } of steps) {
        const call = { id, name };
        if (act === "add") {
          calls.add(call);
          plain.add(call);
        } else if (act === "id") expect(calls.takeById(id)).toBe(plain.take((one) => one.id === id));
        else if (act === "name") expect(calls.takeByName(name)).toBe(plain.take((one) => one.name === name));
        else if (act === "first") expect(calls.takeFirst()).toBe(plain.take(() => true));
        else {
          calls.clear();
          plain.clear();
        }
      }
    }),
  );
});
