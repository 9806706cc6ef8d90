// Gemini's services beside content: files with the resumable upload of Google's SDKs, and cached contents. Shapes as in the
// API reference; the upload's address is one in full, as there.
import { asRecord, asText, type JsonRecord } from "../json-record.ts";
import { storeThing, thingsIn } from "../services/store-thing.ts";
import type { Head, VendorRequest, World } from "../vocabulary.ts";
import { Complaint } from "./envelope.ts";

export interface ServiceAnswer {
  readonly body: JsonRecord;
  readonly headers: Head["headers"];
}

/** Undefined for a path that is none of them. Throws Complaint. */
export function serveGemini(request: VendorRequest, world: World): ServiceAnswer | undefined {
  const { method, path } = request;
  if (path === "/upload/v1beta/files") return method === "POST" ? upload(request, world) : undefined;
  const [, collection, id] = /^\/v1beta\/(files|cachedContents)(?:\/([^/:]+))?$/.exec(path) ?? [];
  if (collection === undefined) return undefined;
  const name = `${collection}/${id ?? ""}`;
  switch (`${method} ${id === undefined ? "all" : "one"}`) {
    case "GET all":
      return plain({ [collection]: thingsIn(world, `google ${collection}/`) });
    case "POST all":
      return collection === "files" ? undefined : plain(addCache(request, world));
    case "GET one":
      return plain(find(world, name));
    case "DELETE one":
      find(world, name);
      world.stored.delete(`google ${name}`);
      return plain({});
    default:
      return undefined;
  }
}

function plain(body: JsonRecord): ServiceAnswer {
  return { body, headers: [] };
}

function upload(request: VendorRequest, world: World): ServiceAnswer {
  const { headers, query, bytes = Buffer.alloc(0) } = request;
  const commands = (headers["x-goog-upload-command"] ?? "").split(",").map((one) => one.trim());
  if (commands.includes("start")) {
    if (headers["x-goog-upload-protocol"] !== "resumable") throw new Complaint("Upload protocol must be resumable.");
    const id = world.random.characters(40);
    storeThing(world, `google upload ${id}`, {
      record: asRecord(asRecord(request.body)?.["file"]) ?? {},
      bytes: Buffer.alloc(0),
    });
    const address = `http://${headers["host"] ?? "localhost"}/upload/v1beta/files?upload_id=${id}&upload_protocol=resumable`;
    return {
      body: {},
      headers: [
        ["x-goog-upload-url", address],
        ["x-goog-upload-status", "active"],
      ],
    };
  }
  const place = `google upload ${query.get("upload_id") ?? ""}`;
  const started = world.stored.get(place);
  if (started === undefined) throw new Complaint("Upload not found.", { code: 404, status: "NOT_FOUND" });
  const whole = Buffer.concat([started.bytes ?? Buffer.alloc(0), bytes]);
  if (!commands.includes("finalize")) {
    storeThing(world, place, { ...started, bytes: whole });
    return { body: {}, headers: [["x-goog-upload-status", "active"]] };
  }
  world.stored.delete(place);
  const name = asText(started.record["name"]) ?? `files/${world.random.characters(12).toLowerCase()}`;
  const mimeType = asText(started.record["mimeType"]) ?? "application/octet-stream";
  const uri = `https://generativelanguage.googleapis.com/v1beta/${name}`;
  const file = storeThing(world, `google ${name}`, {
    record: { name, mimeType, sizeBytes: String(whole.length), uri, state: "ACTIVE" },
    bytes: whole,
  });
  return { body: { file }, headers: [["x-goog-upload-status", "final"]] };
}

function addCache(request: VendorRequest, world: World): JsonRecord {
  const body = asRecord(request.body) ?? {};
  const model = asText(body["model"]) ?? "";
  if (!model.startsWith("models/gemini-")) throw new Complaint(`Model name is invalid: ${model}.`);
  const name = `cachedContents/${world.random.characters(20).toLowerCase()}`;
  const record = {
    name,
    model,
    createTime: new Date(world.now()).toISOString(),
    usageMetadata: { totalTokenCount: 4096 },
  };
  return storeThing(world, `google ${name}`, { record });
}

function find(world: World, name: string): JsonRecord {
  const thing = world.stored.get(`google ${name}`);
  if (thing !== undefined) return thing.record;
  const words = "You do not have permission to access the thing, or it may not exist.".replace("thing", name);
  throw new Complaint(words, { code: 403, status: "PERMISSION_DENIED" });
}
