// Ids that the gateway creates or adapts. They are hashes of their source, so that a repeated history gets the same
// ids; never made from a clock or randomness, and never reversible carriers of vendor state.

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** cyrb53: 53 bits of a string, well spread, not cryptographic. */
function hash53(text: string, seed: number): number {
  let high = 0xdeadbeef ^ seed;
  let low = 0x41c6ce57 ^ seed;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}

/** `length` characters of [0-9A-Za-z], always the same for the same text. */
export function hashIdentifier(text: string, length = 8): string {
  let out = "";
  for (let seed = 0; out.length < length; seed++) {
    let rest = hash53(text, seed);
    for (let digit = 0; digit < 8; digit++) {
      // The remainder of such long numbers is many times slower than a product; the quotient may be one too large.
      const quotient = Math.floor(rest / 62);
      const digitValue = rest - quotient * 62;
      out += alphabet.charAt(digitValue < 0 ? digitValue + 62 : digitValue);
      rest = quotient;
    }
  }
  return out.slice(0, length);
}

/** A tool call's id: `call_` and 24 characters of [0-9A-Za-z], always the same for the same seed. */
export function toolId(seed: string): string {
  return `call_${hashIdentifier(seed, 24)}`;
}

/** The ids that a vendor takes. */
export interface IdShape {
  /** Characters. */
  readonly max: number;
  /** Without the `g` flag. */
  readonly pattern: RegExp;
}

/** The id itself if it fits, otherwise a fitting one, always the same for the same id, so that pairs stay linked. */
export function fitId(id: string, shape: IdShape): string {
  if (fits(id, shape)) return id;
  const valid = toolId(id);
  return fits(valid, shape) ? valid : hashIdentifier(id, Math.min(shape.max, 24));
}

const spelled = "_x_";
const plain = /^[A-Za-z0-9_-]+$/;

/**
 * The id in letters, digits, `_` and `-`: itself, or spelled so that `readId` restores it. If that is too long for the
 * shape, a hash.
 */
export function spellId(id: string, shape: IdShape): string {
  if (!isSpelled(id)) return fitId(id, shape);
  const text = spell(id);
  return fits(text, shape) ? text : fitId(id, shape);
}

/** Restores a spelled id; any other id is returned unchanged. */
export function readId(text: string): string {
  if (!text.startsWith(spelled)) return text;
  const id = text.slice(spelled.length).replaceAll(/-([0-9a-f]{1,6})-/gu, (whole, hex: string) => {
    const point = Number.parseInt(hex, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
  return isSpelled(id) && spell(id) === text ? id : text;
}

/** An id that looks like a spelled one is spelled as well, so that no two ids collide. */
function isSpelled(id: string): boolean {
  return id !== "" && (!plain.test(id) || id.startsWith(spelled));
}

function spell(id: string): string {
  return spelled + id.replaceAll(/[^A-Za-z0-9_]/gu, (char) => `-${(char.codePointAt(0) ?? 0).toString(16)}-`);
}

function fits(id: string, shape: IdShape): boolean {
  return id.length > 0 && id.length <= shape.max && shape.pattern.test(id);
}
