// Red Hat's yaml-language-server, which VS Code and others ask about YAML: what an editor shows of a text.
// Reads {"text": …, "at": [[line, character], …]} from standard input.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import rpc from "vscode-jsonrpc/node.js";

const { text, at } = JSON.parse(readFileSync(0, "utf-8"));
const program = "node_modules/yaml-language-server/bin/yaml-language-server";
const server = spawn("node", [program, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
const editor = rpc.createMessageConnection(
  new rpc.StreamMessageReader(server.stdout),
  new rpc.StreamMessageWriter(server.stdin),
);
const found = new Promise((tell) => {
  editor.onNotification("textDocument/publishDiagnostics", ({ diagnostics }) => tell(diagnostics));
});
editor.onRequest("workspace/configuration", ({ items }) => items.map(() => ({})));
editor.onRequest("client/registerCapability", () => null);
editor.listen();

await editor.sendRequest("initialize", {
  processId: process.pid,
  rootUri: null,
  capabilities: { workspace: { configuration: true } },
});
editor.sendNotification("initialized", {});
const uri = "file:///scenario.yaml";
editor.sendNotification("textDocument/didOpen", {
  textDocument: { uri, languageId: "yaml", version: 1, text },
});
const diagnostics = (await found).map(({ range, message }) => [range.start.line, message]);
const proposed = [];
const explained = [];
for (const [line, character] of at) {
  const place = { textDocument: { uri }, position: { line, character } };
  const completion = await editor.sendRequest("textDocument/completion", place);
  proposed.push((completion.items ?? completion).map(({ label }) => label));
  const hover = await editor.sendRequest("textDocument/hover", place);
  explained.push(hover?.contents?.value ?? "");
}
console.log(JSON.stringify({ diagnostics, proposed, explained }));
editor.dispose();
server.kill();
