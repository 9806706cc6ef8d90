// The calls of a turn that wait for their results, for histories whose results do not all have an id. A result takes a
// call by its id, by its tool's name, or the first one; each lookup costs the same, however many wait.

export interface OpenCall {
  readonly id: string;
  readonly name: string;
}

/** In order; calls that were taken elsewhere are skipped once. */
interface Line {
  readonly calls: OpenCall[];
  next: number;
}

export class OpenCalls {
  readonly #all: Line = { calls: [], next: 0 };
  /** Created with the first call: most conversations have none. */
  #index: {
    readonly byId: Map<string, Line>;
    readonly byName: Map<string, Line>;
    readonly takenCalls: Set<OpenCall>;
  } | null = null;

  add(call: OpenCall): void {
    const index = (this.#index ??= { byId: new Map(), byName: new Map(), takenCalls: new Set() });
    this.#all.calls.push(call);
    put(index.byId, call.id, call);
    put(index.byName, call.name, call);
  }

  /** Forgets all waiting calls. */
  clear(): void {
    this.#all.calls.length = 0;
    this.#all.next = 0;
    this.#index = null;
  }

  takeById(id: string): OpenCall | undefined {
    return this.#take(this.#index?.byId.get(id));
  }

  takeByName(name: string): OpenCall | undefined {
    return this.#take(this.#index?.byName.get(name));
  }

  takeFirst(): OpenCall | undefined {
    return this.#take(this.#all);
  }

  #take(line: Line | undefined): OpenCall | undefined {
    for (let call = line?.calls[line.next]; line !== undefined && call !== undefined; call = line.calls[line.next]) {
      line.next += 1;
      if (this.#index?.takenCalls.has(call) !== false) continue;
      this.#index.takenCalls.add(call);
      return call;
    }
    return undefined;
  }
}

function put(lines: Map<string, Line>, key: string, call: OpenCall): void {
  const line = lines.get(key);
  if (line === undefined) lines.set(key, { calls: [call], next: 0 });
  else line.calls.push(call);
}
