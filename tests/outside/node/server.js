// `rdv-mock serve` on a free port, in a process of its own.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** Start a server; resolves to its address and a function that stops it. */
export async function startServer() {
  const server = spawn(`${ROOT}.venv/bin/python`, ["-m", "rdv_mock", "serve", "--port", "0"], {
    cwd: ROOT,
    env: { ...process.env, RDV_MOCK_CHECK_ANSWERS: "fail" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  let url;
  for await (const line of createInterface({ input: server.stderr })) {
    url ??= line.match(/http:\/\/127\.0\.0\.1:\d+/)?.[0];
    if (line.includes(" clock ")) break;
  }
  server.stderr.resume();
  if (!url) throw new Error("the server did not start");
  return {
    url,
    stop: async () => {
      server.kill("SIGTERM");
      return ended;
    },
  };
}
