// The floor for a stream: it parses the request once, and writes the answer's bytes as they are read, one write per
// read. A slow caller slows the upstream, as in any proxy.
import { contentType, dispatch, startFloor } from "./floor.ts";

startFloor((passage, upstreams) => {
  const body: unknown = JSON.parse(passage.body.toString());
  const upstream = upstreams[0];
  const { response } = passage;
  if (upstream === undefined || typeof body !== "object" || body === null) {
    response.writeHead(400).end();
    return;
  }
  dispatch(passage, upstream, {
    onResponseStart: (_controller, status, headers) => {
      response.writeHead(status, { "content-type": contentType(headers) });
    },
    onResponseData: (controller, chunk) => {
      if (response.write(chunk)) return;
      controller.pause();
      response.once("drain", () => controller.resume());
    },
    onResponseEnd: () => void response.end(),
  });
});
