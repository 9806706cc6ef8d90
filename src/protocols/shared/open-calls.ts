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
  #known: {
    readonly byId: Map<string, Line>;
    readonly byName: Map<string, Line>;
    readonly taken: Set<OpenCall>;
  } | null = null;

  add(call: OpenCall): void {
    const known = (this.#known ??= { byId: new Map(), byName: new Map(), taken: new Set() });
    this.#all.calls.push(call);
    put(known.byId, call.id, call);
    put(known.byName, call.name, call);
  }

  /** Forgets all waiting calls. */
  clear(): void {
    this.#all.calls.length = 0;
    this.#all.next = 0;
    this.#known = null;
  }

  takeById(id: string): OpenCall | undefined {
    return this.#take(this.#known?.byId.get(id));
  }

  takeByName(name: string): OpenCall | undefined {
    return this.#take(this.#known?.byName.get(name));
  }

  takeFirst(): OpenCall | undefined {
    return this.#take(this.#all);
  }

  #take(line: Line | undefined): OpenCall | undefined {
    for (let call = line?.calls[line.next]; line !== undefined && call !== undefined; call = line.calls[line.next]) {
      line.next += 1;
      if (this.#known?.taken.has(call) !== false) continue;
      this.#known.taken.add(call);
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
