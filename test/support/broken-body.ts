// A response's body up to its end or break: a Gemini client's broken answer ends in a broken connection, all others in
// a clean end.

/** The text, and whether the connection broke after it. */
export async function readAsFarAsItComes(response: Response): Promise<{ text: string; broke: boolean }> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>)
      text += decoder.decode(bytes, { stream: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { text, broke: true };
  }
  return { text, broke: false };
}
