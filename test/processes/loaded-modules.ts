// Imports the module that is named and prints the URL of every module that this loads, as JSON.
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";

const loaded: string[] = [];
registerHooks({
  load(url, context, next) {
    loaded.push(url);
    return next(url, context);
  },
});
await import(pathToFileURL(process.argv[2] ?? "").href);
process.stdout.write(JSON.stringify(loaded));
