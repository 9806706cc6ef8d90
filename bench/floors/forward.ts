// The floor for a small body: its JSON parsed once, as any gateway must to know the model, its bytes passed on untouched.
import { relayWhole, startFloor } from "./floor.ts";

startFloor((passage, upstreams) => {
  const body: unknown = JSON.parse(passage.body.toString());
  if (typeof body !== "object" || body === null || !("model" in body)) {
    passage.response.writeHead(400).end();
    return;
  }
  relayWhole(passage, upstreams);
});
