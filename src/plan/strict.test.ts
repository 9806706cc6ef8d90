import { expect, test } from "vitest";
import { clientRequest } from "../../test/support/exchange.ts";
import { checkStrict } from "./strict.ts";

test.each([{}, { "x-understudy-strict": "true" }, { "x-understudy-strict": "false" }])("%j is clear", (headers) => {
  expect(checkStrict(clientRequest(headers as Record<string, string>))).toBeUndefined();
});

test.each(["", "yes", "1", "TRUE", "maybe", "true, true"])("%j is neither", (given) => {
  expect(() => checkStrict(clientRequest({ "x-understudy-strict": given }))).toThrow(
    expect.objectContaining({
      code: "bad_request",
      status: 400,
      param: "x-understudy-strict",
      message: expect.stringContaining("neither true nor false") as string,
    }) as Error,
  );
});
