// Whether a JSON text that arrives in pieces is still open: inside a string, an object or a list. It tells a text that was
// cut from one that is wrong. Linear in the text, with three numbers of state.
export class OpenJson {
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  push(piece: string): void {
    for (let at = 0; at < piece.length; at += 1) {
      const character = piece.charCodeAt(at);
      if (this.#isInString) this.#readInString(character);
      else if (character === QUOTE) this.#isInString = true;
      else if (character === OPEN_OBJECT || character === OPEN_LIST) this.#depth += 1;
      else if (character === CLOSE_OBJECT || character === CLOSE_LIST) this.#depth -= 1;
    }
  }

  get isOpen(): boolean {
    return this.#isInString || this.#depth > 0;
  }

  #readInString(character: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (character === BACKSLASH) this.#isEscaped = true;
    else if (character === QUOTE) this.#isInString = false;
  }
}

export function isOpenJson(text: string): boolean {
  const json = new OpenJson();
  json.push(text);
  return json.isOpen;
}

const QUOTE = 34;
const BACKSLASH = 92;
const [OPEN_LIST, CLOSE_LIST] = [91, 93];
const [OPEN_OBJECT, CLOSE_OBJECT] = [123, 125];
