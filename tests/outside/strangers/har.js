// Ahmad Nassri's har-validator, which others ask whether a HAR is one: reads it from standard input.
import { readFileSync } from "node:fs";
import validate from "har-validator";

try {
  await validate.har(JSON.parse(readFileSync(0, "utf-8")));
  console.log("valid");
} catch (problem) {
  console.error(JSON.stringify(problem.errors ?? String(problem)));
  process.exit(1);
}
