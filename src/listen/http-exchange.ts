// One request and its answer on one socket: reads the request, passes it to the handler, writes the reply, and cancels the
// call when the client disconnects. It must end in exactly one way, and never end a broken answer as if it were complete.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Canceller } from "../domain/cancellation.ts";
import type { Cancel } from "../core/clock.ts";
import type { ClientRequest, Reply } from "../core/exchange.ts";
import type { Source } from "../core/transport.ts";
import type { PageRules } from "../domain/web-page.ts";
import { addCors, isPreflight, preflightHeaders, refuseHead } from "./refuse-head.ts";
import { BodyShare, type BodyBudget } from "./body-budget.ts";
import { decodeBody, tooLarge } from "./decode-body.ts";
import type { ListenOptions } from "./options.ts";
import { readBody, type BodyOutcome } from "./read-body.ts";
import { readHead } from "./read-head.ts";
import { renderRefusal, unavailable } from "./refusals.ts";
import { RequestSource } from "./request-source.ts";
import { spoolBody, type SpooledBody, type SpooledRest, type SpoolLimits } from "./spool-body.ts";
import { writeReplyStream, writeWholeReply } from "./write-reply.ts";

/** The listener's settings that an exchange needs. */
export interface ListenerContext {
  readonly options: ListenOptions;
  readonly draining: boolean;
  /** More requests are in flight than it can hold. */
  readonly isFull: boolean;
  /** Called for each request that is refused for that. */
  countRefusal(): void;
  /** The bytes of all bodies that are held now. */
  readonly bodies: BodyBudget;
  /** Null: pages are not checked. */
  readonly pages: PageRules | null;
  /** Called once, when the socket is done with this exchange. */
  leave(conversation: HttpExchange): void;
}

/** How long to keep reading from a client whose body is unwanted, so that it can read the answer. */
const LINGER = 2_000;

export class HttpExchange {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #context: ListenerContext;
  readonly #canceller = new Canceller();
  readonly #share: BodyShare;
  readonly #pages: PageRules | null;
  #head: Omit<ClientRequest, "body"> | null = null;
  #source: Source<Uint8Array | string> | null = null;
  #stopLingering: Cancel | null = null;
  /** The index in the listener's array. */
  place = -1;

  constructor(request: IncomingMessage, response: ServerResponse, context: ListenerContext) {
    this.#request = request;
    this.#response = response;
    this.#context = context;
    this.#share = new BodyShare(context.bodies);
    this.#pages = context.pages;
    response.on("close", () => this.#close());
  }

  get socket(): Socket {
    return this.#request.socket;
  }

  get headSent(): boolean {
    return this.#response.headersSent;
  }

  /** `asksFirst`: the client waits for a `100 Continue` before it sends its body. */
  start(asksFirst: boolean): void {
    const unread = this.#refuseUnread();
    if (unread !== null) {
      unread.then((reply) => this.#turnAway(reply)).catch(this.#onFault);
      return;
    }
    const { maxBody, spool } = this.#context.options;
    const spoolLimits = spool?.(this.#readHead()) ?? null;
    const limit = spoolLimits?.most ?? maxBody();
    if (asksFirst && Number(this.#request.headers["content-length"] ?? 0) <= limit) this.#response.writeContinue();
    if (spoolLimits !== null) this.#spool(spoolLimits).catch(this.#onFault);
    else readBody(this.#request, { limit, share: this.#share }, (outcome) => this.#hasRead(outcome, limit));
  }

  readonly #onFault = (error: unknown): void => {
    this.#context.options.onError?.(error);
    this.breakOff();
  };

  async #spool(limits: SpoolLimits): Promise<void> {
    const { "content-length": length } = this.#request.headers;
    const announced = length === undefined ? null : Number(length);
    const take = (bytes: number, isSpare: boolean): boolean => this.#share.take(bytes, isSpare);
    try {
      const spooled = await spoolBody(new RequestSource(this.#request), { ...limits, announced, take });
      if (spooled === "too-many") this.#turnAway(this.#refusal(unavailable(spooled)));
      else await this.#answer(spooled, limits.heldBytes);
    } catch (error) {
      if (!this.#response.destroyed) this.#turnAway(this.#refusal(error));
    }
  }

  /** The answer to a request whose head says enough; null: its body must be read. */
  #refuseUnread(): Promise<Reply> | null {
    const request = this.#request;
    const pages = this.#pages;
    const { draining, options } = this.#context;
    const refusal = refuseHead(request, pages);
    if (refusal !== null) return Promise.resolve(this.#refusal(refusal));
    if (pages !== null && isPreflight(request))
      return Promise.resolve({ status: 204, headers: preflightHeaders(request), body: null });
    if (draining) return Promise.resolve(this.#refusal(unavailable("draining")));
    if (this.#context.isFull) {
      this.#context.countRefusal();
      const reply = this.#refusal(unavailable("too-many-requests"));
      reply.headers["connection"] = "close";
      return Promise.resolve(reply);
    }
    const unread = options.refuseUnread?.(this.#readHead()) ?? null;
    return unread === null ? null : unread.catch((error: unknown) => this.#refusal(error));
  }

  #hasRead(outcome: BodyOutcome, limit: number): void {
    if (typeof outcome !== "string") {
      this.#answer({ body: outcome }, limit).catch(this.#onFault);
    } else if (outcome === "too-large") {
      this.#turnAway(this.#refusal(tooLarge(limit)));
    } else {
      this.#turnAway(this.#refusal(unavailable(outcome)));
    }
  }

  async #answer({ body: received, rest }: SpooledBody, limit: number): Promise<void> {
    let reply: Reply;
    try {
      const encoding = this.#request.headers["content-encoding"];
      const body = encoding === undefined ? received : await this.#decode(received, encoding, limit);
      reply = await this.#context.options.handle({ ...this.#readHead(), body, rest }, this.#canceller);
    } catch (error) {
      if (this.#response.destroyed) return;
      reply = this.#refusal(error);
    }
    await (rest === undefined ? this.#write(reply) : this.#writeOver(reply, rest));
  }

  /** Perhaps before the client has sent its body. */
  async #writeOver(reply: Reply, rest: SpooledRest): Promise<void> {
    const isWhole = reply.body === null || typeof reply.body === "string" || reply.body instanceof Uint8Array;
    if (!this.#request.complete) reply.headers["connection"] = "close";
    if (isWhole) rest.cancel();
    if (isWhole && !this.#request.complete) this.#turnAway(reply);
    else await this.#write(reply);
    rest.cancel();
  }

  #readHead(): Omit<ClientRequest, "body"> {
    return (this.#head ??= readHead(this.#request));
  }

  async #decode(received: Uint8Array, encoding: string, limit: number): Promise<Uint8Array> {
    const body = await decodeBody(received, encoding, limit);
    if (body !== received && !this.#share.take(body.byteLength)) throw unavailable("too-many");
    return body;
  }

  async #write(reply: Reply): Promise<void> {
    const response = this.#response;
    const { body } = reply;
    const source = body !== null && typeof body === "object" && "next" in body ? body : null;
    if (response.destroyed || (source !== null && response.req.method === "HEAD")) {
      source?.cancel();
      if (response.destroyed) return;
    }
    if (this.#context.draining || this.#context.options.stopsSoon?.() === true) reply.headers["connection"] = "close";
    addCors(reply.headers, this.#request, this.#pages);
    if (source === null) this.#writeWhole(reply, body as Uint8Array | string | null);
    else if (response.req.method === "HEAD") response.writeHead(reply.status, reply.headers).end();
    else await this.#writeStream(reply, source);
  }

  #writeWhole(reply: Reply, body: Uint8Array | string | null): void {
    try {
      writeWholeReply(this.#response, reply, body);
    } catch (error) {
      // A header that HTTP cannot carry. Nothing has been sent.
      const refusal = this.#refusal(error);
      if (this.#context.draining) refusal.headers["connection"] = "close";
      writeWholeReply(this.#response, refusal, refusal.body as Uint8Array | string | null);
    }
  }

  async #writeStream(reply: Reply, source: Source<Uint8Array | string>): Promise<void> {
    this.#source = source;
    const ending = await writeReplyStream(this.#response, reply, source);
    this.#source = null;
    if (ending.kind === "whole") return;
    source.cancel();
    if (ending.kind === "client-left") return;
    if (ending.kind === "broken") {
      // The written bytes, with the reason, must arrive first. A reset, not a close: agents retry after ECONNRESET, and
      // not after "other side closed" (Gemini CLI 0.61 reads the code of the error's cause).
      const { socket } = this.#request;
      socket.write("", () => socket.resetAndDestroy());
      return;
    }
    if (!ending.headSent) {
      await this.#write(this.#refusal(ending.error));
      return;
    }
    this.#context.options.onError?.(ending.error);
    this.breakOff();
  }

  /** Ends the answer so that no client takes it for complete. */
  breakOff(): void {
    // Without chunks, only a reset marks a broken answer.
    if (this.#request.httpVersionMinor === 0) this.#request.socket.resetAndDestroy();
    else this.#request.socket.destroy();
  }

  #refusal(error: unknown): Reply {
    return renderRefusal(error, this.#request, this.#context.options);
  }

  /**
   * Answers a request whose body is unwanted. The client knows the answer's end by its length, but the socket is closed
   * only when the client has left or its time is over: closing it with unread bytes would reset it, and the client
   * would lose the answer.
   */
  #turnAway({ status, headers, body }: Reply): void {
    const response = this.#response;
    if (response.destroyed) return;
    const text = typeof body === "string" || body instanceof Uint8Array ? body : "";
    addCors(headers, this.#request, this.#pages);
    if (this.#context.draining || !this.#request.complete) headers["connection"] = "close";
    if (status !== 204) headers["content-length"] = String(Buffer.byteLength(text));
    response.writeHead(status, headers);
    if (response.req.method === "HEAD") response.flushHeaders();
    else response.write(text);
    this.#request.resume();
    if (this.#request.complete) {
      response.end();
      return;
    }
    this.#request.on("end", () => response.end());
    this.#stopLingering = this.#context.options.clock.after(LINGER, () => response.end(), "background");
  }

  #close(): void {
    this.#share.giveAll();
    this.#stopLingering?.();
    if (!this.#response.writableFinished) {
      this.#canceller.cancel();
      this.#source?.cancel();
      this.#source = null;
    }
    this.#context.leave(this);
  }
}
