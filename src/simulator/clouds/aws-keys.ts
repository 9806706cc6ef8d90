// Who asks: a bearer key, or a signature (version 4) that is computed again from the request, with Node's own hashes
// (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
import { createHash, createHmac } from "node:crypto";
import type { VendorRequest, World } from "../vocabulary.ts";
import { AwsException } from "./aws-exception.ts";

/** The simulator's secrets: each id has one. */
export function secretOf(accessKeyId: string): string {
  return `secret-of-${accessKeyId}`;
}

/** Ids that begin with ASIA are short-lived, and need this token. */
export function sessionTokenOf(accessKeyId: string): string {
  return `session-token-of-${accessKeyId}`;
}

const authorization =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/u;
const MOST_SKEW = 300_000;

function refused(name: string, message: string): AwsException {
  return new AwsException(name, message, 403);
}

/** Throws an AwsException. */
export function checkAwsKey(request: VendorRequest, world: World): void {
  if (!world.requireKeys) return;
  const header = request.headers["authorization"];
  if (header === undefined) throw refused("MissingAuthenticationTokenException", "Missing Authentication Token");
  const bearer = /^Bearer (\S+)$/u.exec(header)?.[1];
  if (bearer !== undefined) {
    if (!/bad|revoked/u.test(bearer)) return;
    throw refused("AccessDeniedException", "Authentication failed: Please make sure your API Key is valid.");
  }
  const parts = authorization.exec(header);
  if (parts === null) throw refused("IncompleteSignatureException", "Authorization header is not complete.");
  const [, id = "", date = "", region = "", service = "", signedHeaders = "", signature = ""] = parts;
  if (service !== "bedrock")
    throw refused("InvalidSignatureException", "Credential should be scoped to correct service: 'bedrock'.");
  checkToken(request, id);
  checkDate(request, date, world);
  if (signature === signatureOf(request, { id, date, region, service, signedHeaders })) return;
  throw refused(
    "InvalidSignatureException",
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.",
  );
}

function checkToken({ headers }: VendorRequest, id: string): void {
  const token = headers["x-amz-security-token"];
  if (token?.includes("expired") === true)
    throw refused("ExpiredTokenException", "The security token included in the request is expired");
  const isRight = token === (id.startsWith("ASIA") ? sessionTokenOf(id) : undefined);
  if (isRight && !/bad|revoked/iu.test(id)) return;
  throw refused("UnrecognizedClientException", "The security token included in the request is invalid.");
}

function checkDate({ headers }: VendorRequest, date: string, world: World): void {
  const stamp = headers["x-amz-date"] ?? "";
  const at = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/u, "$1-$2-$3T$4:$5:$6Z"));
  if (!stamp.startsWith(date) || Number.isNaN(at))
    throw refused("IncompleteSignatureException", "Date in Credential scope does not match YYYYMMDD from ISO-8601.");
  const now = world.now();
  if (at < now - MOST_SKEW) {
    const earliest = stampOf(now - MOST_SKEW);
    throw refused(
      "InvalidSignatureException",
      `Signature expired: ${stamp} is now earlier than ${earliest} (${stampOf(now)} - 5 min.)`,
    );
  }
  if (at > now + MOST_SKEW)
    throw refused(
      "InvalidSignatureException",
      `Signature not yet current: ${stamp} is still later than ${stampOf(now + MOST_SKEW)}`,
    );
}

function stampOf(at: number): string {
  return `${new Date(at).toISOString().replaceAll(/[-:]|\.\d+/gu, "")}`;
}

interface Scope {
  readonly id: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: string;
}

function signatureOf(request: VendorRequest, { id, date, region, service, signedHeaders }: Scope): string {
  const names = signedHeaders.split(";");
  const canonical = [
    request.method,
    request.path.split("/").map(encodeStrictly).join("/"),
    canonicalQuery(request.query),
    ...names.map((name) => `${name}:${(request.headers[name] ?? "").trim().replaceAll(/\s+/gu, " ")}`),
    "",
    signedHeaders,
    hashOf(request.rawBody),
  ].join("\n");
  const text = [
    "AWS4-HMAC-SHA256",
    request.headers["x-amz-date"],
    `${date}/${region}/${service}/aws4_request`,
    hashOf(canonical),
  ];
  let key: Buffer = Buffer.from(`AWS4${secretOf(id)}`);
  for (const piece of [date, region, service, "aws4_request"]) key = createHmac("sha256", key).update(piece).digest();
  return createHmac("sha256", key).update(text.join("\n")).digest("hex");
}

function canonicalQuery(query: URLSearchParams): string {
  const pairs = [...query].map(([name, value]) => `${encodeStrictly(name)}=${encodeStrictly(value)}`);
  return pairs.toSorted().join("&");
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** RFC 3986, which leaves fewer characters than JavaScript does. */
function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/gu, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}
