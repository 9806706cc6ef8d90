import { expect, test } from "vitest";
import { asServiceException, serviceExceptionName } from "./service-exception.ts";

test.each([
  [{ "x-amzn-errortype": "ThrottlingException:http://internal.amazon.com/coral/x/" }, {}, "ThrottlingException"],
  [{ "x-amzn-errortype": "ValidationException" }, {}, "ValidationException"],
  [{}, { __type: "com.amazon.coral.service#UnrecognizedClientException" }, "UnrecognizedClientException"],
  [{}, {}, null],
  [{}, { __type: 3 }, null],
])("%j and %j name %s", (headers, body, name) => {
  expect(serviceExceptionName(headers, body)).toBe(name);
});

const nothing = { code: null, type: null, param: null, waitMs: null, shouldRetry: null };

test.each([
  ["ThrottlingException", 429, "rate_limited", "Too many requests", "rate_limited"],
  ["ThrottlingException", 429, "rate_limited", "Too many tokens per day, please wait", "quota_exhausted"],
  ["ServiceQuotaExceededException", 400, "bad_request", "Your request exceeds the quota", "quota_exhausted"],
  ["AccessDeniedException", 403, "forbidden", "You don't have access to the model", "forbidden"],
  [
    "AccessDeniedException",
    403,
    "forbidden",
    "Authentication failed: Please make sure your API Key is valid.",
    "bad_key",
  ],
  [
    "UnrecognizedClientException",
    403,
    "forbidden",
    "The security token included in the request is invalid.",
    "bad_key",
  ],
  ["ExpiredTokenException", 403, "forbidden", "The security token included in the request is expired", "bad_key"],
  ["ResourceNotFoundException", 404, "unknown_model", "Could not resolve the foundation model", "unknown_model"],
  ["ModelNotReadyException", 429, "rate_limited", "The model is not ready", "overloaded"],
  ["ModelTimeoutException", 408, "server_error", "late", "server_error"],
  ["ModelErrorException", 424, "unsupported", "oops", "server_error"],
  ["ServiceUnavailableException", 503, "overloaded", "down", "overloaded"],
  ["ValidationException", 400, "bad_request", "Input is too long for requested model.", "context_too_long"],
  ["ValidationException", 400, "bad_request", "The provided model identifier is invalid.", "unknown_model"],
  [
    "ValidationException",
    400,
    "bad_request",
    "Invocation of model ID x with on-demand throughput isn’t supported.",
    "unsupported",
  ],
  ["ValidationException", 400, "bad_request", "#: extraneous key [a] is not permitted", "unsupported"],
  ["ValidationException", 400, "bad_request", "max_tokens: Field required", "bad_request"],
  ["NewException", 418, "unsupported", "tea", "unsupported"],
] as const)("%s (%d, %s): %s is %s", (...[name, status, decoded, message, verdict]) => {
  expect(asServiceException({ verdict: decoded, status, message, ...nothing }, name)).toMatchObject({
    verdict,
    type: name,
  });
});
