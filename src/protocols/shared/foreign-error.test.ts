import { describe, expect, test } from "vitest";
import type { Json } from "../../core/json.ts";
import { readForeignError } from "./foreign-error.ts";

describe("an error in a shape that is not the protocol's own", () => {
  test.each<[Json, string, string]>([
    [{ detail: "Engine dead." }, "server_error", "Engine dead."],
    [{ detail: [{ loc: ["body", "x"], msg: "field required" }] }, "server_error", "body.x: field required"],
    [{ code: 1305, msg: "Engine dead." }, "server_error", "Engine dead."],
    [{ code: 429, msg: "Slow down." }, "rate_limited", "Slow down."],
    [{ success: false, errors: [{ code: 7000, message: "No worker." }] }, "server_error", "No worker."],
    [{ success: false, message: "No worker." }, "server_error", "No worker."],
    [{ error: "Engine dead." }, "server_error", "Engine dead."],
    [{ message: "Engine dead.", status: 503 }, "overloaded", "Engine dead."],
    [{ message: "Engine dead." }, "server_error", "Engine dead."],
    [{ type: "ModelError", message: "Engine dead." }, "server_error", "Engine dead."],
  ])("%j is %s", (value, verdict, message) => {
    expect(readForeignError(value)).toMatchObject({ verdict, message });
  });

  test.each<Json>([
    { choices: [], detail: "x" },
    { object: "chat.completion.chunk", message: "x" },
    { type: "ping" },
    { type: "status", message: "The model is loading." },
    { id: "x", model: "m" },
    { success: true, message: "" },
    "text",
    null,
    [],
  ])("%j is none", (value) => {
    expect(readForeignError(value)).toBeNull();
  });
});
