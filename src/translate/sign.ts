// Signs a request that is ready to send, with the chosen key. Waiting for a token has a limit of its own and does not
// count as the target's latency. It must not cost a promise if there is nothing to wait for.
import type { SignableRequest, Signed } from "../core/auth.ts";
import type { Clock } from "../core/clock.ts";
import type { RenewalTools } from "../core/credential.ts";
import type { Asking } from "../core/exchange.ts";
import type { WireFailure } from "../core/failure.ts";
import { plainFailure } from "./failures.ts";

/** The request to send; the signed headers replace its headers. */
type Unsigned = { -readonly [Name in keyof SignableRequest]: SignableRequest[Name] };

/** `onPreparing` and `onPrepared` are absent if the target's latency is not measured. */
type Signing = Pick<Asking, "target" | "key"> & Partial<Pick<Asking, "onPreparing" | "onPrepared">>;

/** Null: signed, or no signature needed. */
export function sign(
  request: Unsigned,
  signing: Signing,
  tools: RenewalTools,
): WireFailure | null | Promise<WireFailure | null> {
  const { key, target } = signing;
  const { auth } = target.provider.row;
  if (key === null || auth === null) return null;
  const signed = auth.sign(request, key, tools);
  return signed instanceof Promise
    ? whenSigned(request, signed, { signing, clock: tools.clock })
    : take(request, signed);
}

function take(request: Unsigned, signed: Signed): WireFailure | null {
  if (isUnsigned(signed)) return signed;
  request.headers = signed;
  return null;
}

/** Header names are in lower case, so none of them is `waitMs`. */
function isUnsigned(signed: Signed): signed is WireFailure {
  return "waitMs" in signed;
}

async function whenSigned(
  request: Unsigned,
  pending: Promise<Signed>,
  { signing, clock }: { readonly signing: Signing; readonly clock: Clock },
): Promise<WireFailure | null> {
  signing.onPreparing?.();
  const { connect } = signing.target.timeout;
  const signed = await within(pending, { clock, connect, cancellation: request.cancellation });
  signing.onPrepared?.();
  return take(request, signed);
}

/** Gives up after the target's connect timeout, so that the next target gets its turn. */
function within(
  pending: Promise<Signed>,
  {
    clock,
    connect,
    cancellation,
  }: Pick<Unsigned, "cancellation"> & { readonly clock: Clock; readonly connect: number },
): Promise<Signed> {
  return new Promise((resolve, reject) => {
    const stop = clock.after(connect, () => {
      // Another try would wait as long again.
      const late = plainFailure("unreachable", `its credential was not ready within ${connect} ms`);
      resolve({ ...late, shouldRetry: false });
    });
    const detach = cancellation.onCancel(() => {
      stop();
      resolve(plainFailure("cancelled", "the request was cancelled"));
    });
    pending.then(resolve, reject).finally(() => {
      stop();
      detach();
    });
  });
}
