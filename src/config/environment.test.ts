// Which providers are there by their usual variables alone.
import { expect, test } from "vitest";
import { catalog } from "../providers/catalog.ts";
import { providersInEnvironment } from "./environment.ts";

const detect = (environment: Record<string, string>, configured: readonly string[] = []) =>
  providersInEnvironment(catalog, environment, new Set(configured)).map(({ name, namedOnly }) =>
    namedOnly === true ? `${name}, if named` : name,
  );

test("a variable of several hosts makes the first one usual; the others must be named", () => {
  expect(detect({ MOONSHOT_API_KEY: "sk-planted" })).toEqual(["moonshot", "moonshot-cn, if named"]);
  expect(detect({ GEMINI_API_KEY: "AIza-planted" })).toEqual(["google", "google-openai, if named"]);
});

test("nor does another host become usual because the first one is configured", () => {
  expect(detect({ GEMINI_API_KEY: "AIza-planted" }, ["google"])).toEqual(["google-openai, if named"]);
});

test("a variable of one provider makes it usual", () => {
  expect(detect({ OPENAI_API_KEY: "sk-planted", GROQ_API_KEY: "gsk-planted" })).toEqual(["openai", "groq"]);
});
