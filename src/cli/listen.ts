// Opens the gateway's port for `serve` and `demo`, and says which flag to change where it cannot be opened.
import type { Gateway, Listening } from "../parts.ts";
import { StartError } from "./terminal.ts";

/** Listens where the rules say. Throws StartError. */
export const listenOrExplain = async (gateway: Gateway, port: number, flag: string): Promise<Listening> => {
  try {
    return await gateway.listen();
  } catch (error) {
    const cause: unknown = (error as Error).cause ?? error;
    const code = (cause as NodeJS.ErrnoException).code;
    const message =
      code === "EADDRINUSE"
        ? `Port ${port} is in use. Stop what holds it, or choose another with ${flag}.`
        : `The gateway cannot start: ${(error as Error).message}`;
    throw new StartError(message, error);
  }
};
