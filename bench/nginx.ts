// nginx in two roles: the upstream with fixed answers, and the plain proxy for comparison. One process without a
// master, so that its CPU time is in one place; all its files are in the run's folder.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { anthropicAnswer, geminiAnswer, openAiCompletion, overloadedError, responsesAnswer } from "./bodies.ts";
import { openFileLimit } from "./machine.ts";
import { type Command, freePort, type ProcessGroup, type Running, untilAnswers } from "./processes.ts";

/** Where nginx runs: its folder, made if need be, and its core. */
export interface NginxPlace {
  readonly folder: string;
  readonly core: number;
}

/**
 * The upstream nginx. `quick` answers at once; `patient` reads a whole body first, as a vendor does with a large one.
 */
export interface NginxUpstream {
  readonly quick: string;
  readonly patient: string;
  readonly requestsServed: () => Promise<number>;
}

/** Starts the upstream: an answer in each protocol, and a 503 for every path under `/down/`. */
export async function startUpstream(group: ProcessGroup, place: NginxPlace): Promise<NginxUpstream> {
  const quickPort = await freePort();
  const patientPort = await freePort();
  const running = start(group, place, {
    name: "nginx upstream",
    servers: `
    upstream quick { server 127.0.0.1:${quickPort}; keepalive 64; }
    server {
      listen 127.0.0.1:${quickPort} backlog=4096;
      location = /v1/chat/completions { return 200 '${openAiCompletion()}'; }
      location ~ "^/v1beta/models/[^/]+:generateContent$" { return 200 '${geminiAnswer()}'; }
      location = /v1/messages { return 200 '${anthropicAnswer()}'; }
      location = /v1/responses { return 200 '${responsesAnswer()}'; }
      location /down/ { return 503 '${overloadedError()}'; }
      location = /status { stub_status; }
    }
    server {
      listen 127.0.0.1:${patientPort} backlog=4096;
      location / { proxy_pass http://quick; proxy_pass_request_body off; proxy_set_header Content-Length ""; ${keepAlive} }
    }`,
  });
  const quick = `http://127.0.0.1:${quickPort}`;
  await untilAnswers(`${quick}/status`, running);
  const requestsServed = async (): Promise<number> => {
    const status = await (await fetch(`${quick}/status`)).text();
    const served = /^ *\d+ \d+ (\d+)/m.exec(status)?.[1];
    if (served === undefined) throw new Error(`nginx's status page has no count of requests: ${status}`);
    return Number(served);
  };
  return { quick, patient: `http://127.0.0.1:${patientPort}`, requestsServed };
}

/** The proxy's upstream. With `first`, that path is asked first, and a 503 from it leads to the usual one. */
export interface ProxyOptions {
  readonly upstream: string;
  readonly first?: string;
  readonly streaming?: boolean;
}

/** Starts nginx as a reverse proxy and returns its port. */
export async function startProxy(
  group: ProcessGroup,
  place: NginxPlace,
  options: ProxyOptions,
): Promise<{ readonly running: Running; readonly port: number }> {
  const port = await freePort();
  const pass = (path: string): string =>
    `proxy_pass http://upstream_pool${path}; ${keepAlive} proxy_set_header Authorization "Bearer bench"; ` +
    `proxy_buffering ${options.streaming ? "off" : "on"};`;
  const locations =
    options.first === undefined
      ? `location / { ${pass("")} }`
      : `location / { ${pass(`${options.first}/chat/completions`)} proxy_intercept_errors on; error_page 503 = @second; }
      location @second { ${pass("")} }`;
  const running = start(group, place, {
    name: "nginx proxy",
    servers: `
    upstream upstream_pool { server ${new URL(options.upstream).host} max_fails=0; keepalive 1024; }
    server {
      listen 127.0.0.1:${port} backlog=4096;
      location = /healthz { return 200 'ok'; }
      ${locations}
    }`,
  });
  await untilAnswers(`http://127.0.0.1:${port}/healthz`, running);
  return { running, port };
}

const keepAlive = `proxy_http_version 1.1; proxy_set_header Connection ""; proxy_read_timeout 600s;`;

// nginx closes idle connections when a sixteenth of worker_connections is left, so there are twice as many as files.
function start(
  group: ProcessGroup,
  place: NginxPlace,
  options: { readonly name: string; readonly servers: string },
): Running {
  mkdirSync(place.folder, { recursive: true });
  const file = join(place.folder, "nginx.conf");
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${place.folder}/${kind};`)
    .join(" ");
  writeFileSync(
    file,
    `daemon off; master_process off; worker_processes 1;
  pid ${place.folder}/nginx.pid; error_log stderr warn;
  events { worker_connections ${openFileLimit() * 2}; }
  http {
    access_log off; default_type application/json; ${temporary}
    keepalive_timeout 600s; keepalive_requests 1000000000;
    client_max_body_size 64m; client_body_buffer_size 4m;${options.servers}
  }
`,
  );
  const command: Command = {
    file: "nginx",
    args: ["-p", place.folder, "-e", "stderr", "-c", file],
    core: place.core,
    cwd: place.folder,
  };
  return group.start(options.name, command);
}
