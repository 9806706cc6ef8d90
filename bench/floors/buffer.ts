// The floor for a large body: buffered and forwarded, not looked at.
import { relayWhole, startFloor } from "./floor.ts";

startFloor(relayWhole);
