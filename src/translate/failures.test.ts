import { expect, test } from "vitest";
import { GatewayFailure, type GatewayCode } from "../core/failure.ts";
import { TransportFailure } from "../core/transport.ts";
import { fromGatewayFailure, fromTransport } from "./failures.ts";

const body = Buffer.from('{"messages":[ ],"input":[1],"stop":7}');
const call = {
  body,
  fields: new Map([
    ["messages", { start: 12, end: 15 }],
    ["input", { start: 24, end: 27 }],
    ["stop", { start: 35, end: 36 }],
  ]),
};
const complaint = (code: GatewayCode, param: string | null) =>
  fromGatewayFailure(new GatewayFailure("it is odd", { code, status: 400, param }), call);

test.each([
  ["unsupported", null],
  ["context_too_long", "messages"],
  ["bad_request", "messages[0].content"],
  ["bad_request", "input"],
  ["bad_request", "stop"],
] as const)("%s about %s is one target's affair", (code, param) => {
  expect(complaint(code, param)).toMatchObject({ verdict: code, isUnsent: true, param, message: "it is odd" });
});

test.each([null, "messages", "contents", "model"])("a body that lacks %s is everybody's", (param) => {
  expect(complaint("bad_request", param)).toMatchObject({ verdict: "bad_request", isUnsent: false });
});

test("what HTTP has no form for was not sent, and is no mistake of the caller's", () => {
  const wire = { phase: "connect", code: "bad-request", message: "invalid header" } as const;
  const failure = fromTransport(new TransportFailure(wire));
  expect(failure).toMatchObject({ verdict: "bad_request", isUnsent: true });
});
