import { expect, test } from "vitest";
import type { ProviderRow, Quirk } from "../core/provider.ts";
import { rememberOwnQuirks } from "./own-quirks.ts";

const quirk = (name: string, more: Partial<Quirk> = {}): Quirk => ({ name, ...more });

test("a row's quirks are picked by protocol and model, once for each", () => {
  const quirks = [
    quirk("any"),
    quirk("of one model", { models: /^small/u }),
    quirk("of another protocol", { protocol: "openai-responses" }),
  ];
  const row = { protocol: "openai-chat", quirks } as unknown as ProviderRow;
  const quirksOf = rememberOwnQuirks();
  const names = (...asked: Parameters<typeof quirksOf>): string[] => quirksOf(...asked).map(({ name }) => name);
  expect(names(row, "openai-chat", "large")).toEqual(["any"]);
  expect(names(row, "openai-chat", "small-1")).toEqual(["any", "of one model"]);
  expect(names(row, "openai-responses", "large")).toEqual(["of another protocol"]);
  expect(quirksOf(row, "openai-chat", "large")).toBe(quirksOf(row, "openai-chat", "large"));
});
