import { describe, expect, test } from "vitest";
import { createAsking } from "../../test/support/asking.ts";
import { plainRow, provider, target } from "../../test/support/engine-rig.ts";
import { openaiChat } from "../protocols/openai-chat/protocol.ts";
import { claudeFacts } from "../providers/facts.ts";
import { chooseApiVersion } from "./api-version.ts";

const header = "anthropic-version";
const versions = { header, usual: "2026-10-21", sampled: "2023-06-01" };
const row = plainRow("a", { protocol: "anthropic-messages", headers: { [header]: "2023-06-01" }, versions });
const older = claudeFacts("claude-sonnet-4-6");
const newer = claudeFacts("claude-opus-4-7");

interface Setting {
  readonly body?: object;
  readonly params?: Record<string, number>;
  readonly sent?: string;
  readonly set?: string;
  readonly own?: boolean;
  readonly facts?: typeof older;
}

function choose({ body = {}, params = {}, sent, set, own = false, facts = older }: Setting) {
  const node = {
    ...target("a/m"),
    params,
    provider: provider("a", { row, headers: set === undefined ? {} : { [header]: set } }),
  };
  const headers: Record<string, string> = sent === undefined ? {} : { [header]: sent };
  const messages = [{ role: "user", content: "x" }];
  const asking = createAsking({ target: node, protocol: openaiChat, body: { model: "m", messages, ...body }, headers });
  const chosen = chooseApiVersion(asking, facts, own);
  return [chosen.headers[header] ?? null, chosen.facts.sampling];
}

describe("a caller of another protocol", () => {
  test.each<[string, Setting, unknown[]]>([
    ["gets the newer version", {}, ["2026-10-21", true]],
    ["gets the older one where it sets a temperature", { body: { temperature: 0.2 } }, ["2023-06-01", true]],
    ["gets the older one where the route sets a temperature", { params: { temperature: 0.2 } }, ["2023-06-01", true]],
    ["gets the newer one where the model takes none", { facts: newer }, ["2026-10-21", false]],
    [
      "gets the newer one, whatever the route says, where the model takes none",
      { params: { top_k: 3 }, facts: newer },
      ["2026-10-21", false],
    ],
    ["gets what the operator set, and no sampling in it", { set: "2026-10-21" }, [null, false]],
    ["gets what the operator set", { set: "2023-06-01" }, [null, true]],
    ["gets what the operator set, also for a newer model", { set: "2023-06-01", facts: newer }, [null, false]],
  ])("%s", (_what, setting, expected) => {
    expect(choose(setting)).toEqual(expected);
  });
});

describe("a caller of this protocol", () => {
  test.each<[string, Setting, unknown[]]>([
    ["keeps its version", { sent: "2026-10-21" }, [null, true]],
    ["answers for its own sampling", { sent: "2026-10-21", body: { temperature: 0.1 } }, [null, true]],
    ["is not refused for the route's", { sent: "2026-10-21", params: { temperature: 0.1 } }, [null, false]],
    ["gets the route's where its version takes it", { sent: "2023-06-01", params: { temperature: 0.1 } }, [null, true]],
    ["without a version gets the row's", { params: { temperature: 0.1 } }, [null, true]],
  ])("%s", (_what, setting, expected) => {
    expect(choose({ ...setting, own: true })).toEqual(expected);
  });
});
