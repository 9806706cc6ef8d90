// The gateway's way out for the clients inside AWS's credential library, in the form in which they take one.
import type { Fetch } from "./endpoint-fetch.ts";

interface AwsRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly path: string;
  readonly method: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>> | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface AwsResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: ReadableStream<Uint8Array> | null;
}

interface AwsRequestHandler {
  readonly metadata: { readonly handlerProtocol: string };
  handle(
    request: AwsRequest,
    options?: { readonly abortSignal?: unknown },
  ): Promise<{ readonly response: AwsResponse }>;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): object;
  destroy(): void;
}

export function awsRequestHandler(fetch: Fetch): AwsRequestHandler {
  return {
    metadata: { handlerProtocol: "http/1.1" },
    async handle({ protocol, hostname, port, path, method, query = {}, headers, body }, { abortSignal } = {}) {
      const url = new URL(`${protocol}//${hostname}${port === undefined ? "" : `:${port}`}${path}`);
      for (const [name, values] of Object.entries(query))
        for (const value of [values ?? ""].flat()) url.searchParams.append(name, String(value));
      const init = {
        method,
        // The connection has its own.
        headers: Object.fromEntries(
          Object.entries(headers).filter(([name]) => !/^(?:host|content-length)$/iu.test(name)),
        ),
        body: method === "GET" ? null : ((body ?? null) as BodyInit | null),
        signal: abortSignal instanceof AbortSignal ? abortSignal : null,
      };
      const response = await fetch(url, init);
      const { status, headers: responseHeaders } = response;
      return { response: { statusCode: status, headers: Object.fromEntries(responseHeaders), body: response.body } };
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
  };
}
