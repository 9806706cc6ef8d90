// Removes anything that looks like a key or an account id from a vendor's text before it goes into an error, the ledger
// or a log. Vendors do quote the key that they refuse. If in doubt, it masks.

/** Known shapes: OpenAI and similar, Anthropic, Google, Groq, xAI, Hugging Face, Perplexity, AWS, GitHub, JWT. */
const shapes =
  /\b(?:sk|pk|rk)-[A-Za-z0-9_*.+/=%~-]{6,}|\bAIza[\w*.-]{10,}|\bya29\.[\w*.-]{6,}|\bAQ\.[\w*.-]{10,}|\b(?:gsk|hf|xai|pplx|nvapi|csk|fw|r8|tgp|ghp|github_pat|key)[_-][A-Za-z0-9_*.+/=%~-]{12,}|\b(?:AKIA|ASIA)[A-Z0-9*]{8,}|\beyJ[\w-]{8,}\.[\w-]+\.?[\w-]*/g;
const accounts = /\b(?:org|proj|acct)[-_][A-Za-z0-9]{8,}/g;
const bearer = /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=*-]{8,}/gi;
/** `api key: abc123def456`, `token=…`, `key provided: …`. */
const secretMembers =
  /\b((?:api[ _-]?key|access[ _-]?key|token|secret|credential|password)s?(?: provided| is| was)?\s*[:=]\s*["'`]?)([^\s"'`,;)}\]]{6,})/gi;

/** The text with `[key]` for keys and `[account]` for account ids. */
export function maskKeys(text: string): string {
  return text
    .replace(bearer, "$1 [key]")
    .replace(shapes, maskWhole)
    .replace(secretMembers, (whole: string, before: string, value: string) =>
      looksSecret(value) ? before + maskWhole(value) : whole,
    )
    .replace(accounts, "[account]");
}

/** The text without the numbers of Google's projects. */
export function maskAccounts(text: string): string {
  return text
    .replaceAll(/\b(projects?(?:_number)?[ :/=]+)\d{6,}/gi, "$1[account]")
    .replaceAll(/([?&]project=)\d{6,}/gi, "$1[account]");
}

/** A full stop at the end of a sentence is not part of the key. */
function maskWhole(secret: string): string {
  return secret.endsWith(".") ? "[key]." : "[key]";
}

function looksSecret(value: string): boolean {
  return value.includes("*") || (/\d/.test(value) && /[A-Za-z]/.test(value));
}
