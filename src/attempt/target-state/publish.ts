// How the state of a target or a key is told to gateways that run beside this one.
import type { News } from "../../core/shared-state.ts";

export type Tell = (news: News) => void;

/** Told to nobody: this gateway is alone. */
export const tellNobody: Tell = () => {};
