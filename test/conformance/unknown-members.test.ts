// Each member of a full body, refused by a vendor that has never heard of it: the request is asked once more without it, and every
// later one goes without it from the start. Never with the very same bytes. What a request is about is not left out (essential).
import { expect, test } from "vitest";
import { createGateway } from "../../src/index.ts";
import { attemptsOf } from "../support/stage.ts";
import { type FakeAnswer, openFakeVendor } from "../support/fake-vendor.ts";
import { answers, essential, fullBodies, type Full } from "./full-bodies.test-support.ts";
import { pathOf } from "./own-bytes.test-support.ts";

type Path = readonly (string | number)[];

/** All members of a value, by their places. */
function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [];
  const steps = Array.isArray(value) ? value.keys() : Object.keys(value);
  return [...steps].flatMap((step): Path[] => {
    const at = [...path, step];
    return [
      ...(typeof step === "string" ? [at] : []),
      ...pathsIn((value as Record<string | number, unknown>)[step], at),
    ];
  });
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (holder, step) => (holder as Record<string | number, unknown> | undefined)?.[step],
    value,
  );
}

/** As OpenAI and its hosts write a place. */
const bracketed = (path: Path): string =>
  path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`))
    .join("")
    .slice(1);

const snake = (text: string): string => text.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);

const refusals: Readonly<Record<Full["protocol"], (path: Path) => object>> = {
  "openai-chat": openaiRefusal,
  "openai-responses": openaiRefusal,
  "anthropic-messages": (path) => ({
    type: "error",
    error: { type: "invalid_request_error", message: `${path.join(".")}: Extra inputs are not permitted` },
  }),
  "gemini-generate": (path) => {
    const at = snake(bracketed(path.slice(0, -1)));
    const message = `Invalid JSON payload received. Unknown name "${snake(String(path.at(-1)))}"${at === "" ? "" : ` at '${at}'`}: Cannot find field.`;
    return { error: { code: 400, status: "INVALID_ARGUMENT", message } };
  },
};

function openaiRefusal(path: Path): object {
  const param = bracketed(path);
  const message = `Unknown parameter: '${param}'.`;
  return { error: { message, type: "invalid_request_error", param, code: "unknown_parameter" } };
}

/** What a gateway does about a vendor that does not know this member; null where it is left out, once and for all. */
async function trouble({ protocol, target, body }: Full, path: Path): Promise<string | null> {
  const isThere = (text: string): boolean => (valueAt(JSON.parse(text), path) ?? null) !== null;
  const refuse = (_path: string, text: string): FakeAnswer =>
    isThere(text) ? { status: 400, body: refusals[protocol](path) } : { body: answers[protocol] };
  await using vendor = await openFakeVendor(refuse);
  const [provider = ""] = target.split("/");
  const kind = provider === "host" ? { kind: "openai-compatible" } : {};
  const gateway = createGateway(
    {
      providers: { [provider]: { ...kind, base_url: vendor.baseUrl, api_key: "key" } },
      routes: { r: { target, retry: { attempts: 0 } } },
    },
    { environment: {}, warn: () => {} },
  );
  const ask = async (): Promise<readonly string[]> => {
    const response = await gateway.fetch(`http://gateway${pathOf(protocol)("r")}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(protocol === "gemini-generate" ? body : { ...body, model: "r" }),
    });
    await response.text();
    return attemptsOf(response.headers).map((one) => one.slice(target.length + 1));
  };
  const [first, second] = [await ask(), await ask()];
  await gateway.close();
  const isGood = first.at(-1) === "ok:200" && first.length <= 2 && second.join(" ") === "ok:200";
  return isGood ? null : `${bracketed(path)}: ${first.join(" ")}, then ${second.join(" ")}`;
}

test.each(fullBodies)("each member of a body of $protocol, unknown to $target", async (full) => {
  const paths = pathsIn(full.body).filter(
    (path) => !essential.test(bracketed(path)) && valueAt(full.body, path) !== null,
  );
  const troubles: string[] = [];
  for (const path of paths) {
    const words = await trouble(full, path);
    if (words !== null) troubles.push(words);
  }
  expect(troubles).toEqual([]);
  expect(paths.length).toBeGreaterThan(10);
});
