// The floor for a small body: it parses the JSON once, as every gateway must to know the model, and forwards the bytes
// untouched.
import { relayWhole, startFloor } from "./floor.ts";

startFloor((passage, upstreams) => {
  const body: unknown = JSON.parse(passage.body.toString());
  if (typeof body !== "object" || body === null || !("model" in body)) {
    passage.response.writeHead(400).end();
    return;
  }
  relayWhole(passage, upstreams);
});
