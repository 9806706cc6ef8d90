// Opens the gateway's port for `serve` and `demo`, and the operator's socket on this machine. If the port cannot be
// opened, the error names the flag to change.
import type { OperatorSocket } from "../admin/socket.ts";
import { socketPath } from "../admin/socket-path.ts";
import type { RunningGateway, Listening } from "../open-gateway.ts";
import { StartError, type Terminal } from "./terminal.ts";

/** For `understudy status`. Null if it cannot be opened: the gateway runs without it. */
export const openDoor = async (
  gateway: RunningGateway,
  port: number,
  terminal: Terminal,
): Promise<OperatorSocket | null> => {
  const path = socketPath(terminal.environment, port);
  if (path === null) return null;
  const { openSocket } = await import("../admin/socket.ts");
  return openSocket(path, gateway).catch(() => null);
};

/** Listens on the address in the rules. Throws StartError. */
export const listenOrExplain = async (gateway: RunningGateway, port: number, flag: string): Promise<Listening> => {
  try {
    return await gateway.listen();
  } catch (error) {
    const cause: unknown = (error as Error).cause ?? error;
    const code = (cause as NodeJS.ErrnoException).code;
    const message =
      code === "EADDRINUSE"
        ? `Port ${port} is in use. Stop the program that uses it, or choose another port with ${flag}.`
        : `The gateway cannot start: ${(error as Error).message}`;
    throw new StartError(message, error);
  }
};
