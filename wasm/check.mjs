// Runs what `src/lib.rs` exports and compares: node check.mjs FILE.wasm
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

const file = await readFile(process.argv[2]);
const { instance } = await WebAssembly.instantiate(file, {});
const { cell, replay, record, count, sum, quantile } = instance.exports;

const woken = cell();
assert.equal(woken, 11);
console.log("cell: the second initialiser took over and the waiter has its value; each woken once");

for (const [events, received, missed] of [[10, 10, 0], [16, 16, 0], [17, 16, 1], [500, 16, 484]]) {
    assert.equal(replay(events), 1000 * received + missed);
    console.log(`replay: published ${events} = received ${received} + missed ${missed}`);
}

assert.equal(quantile(0.5), -1);
const values = Array.from({ length: 1000 }, (_, n) => (n + 1) * 1_000_000);
for (const nanos of values) record(BigInt(nanos));
assert.equal(count(), 1000n);
assert.equal(sum(), 500_500_000_000n);
for (const q of [0.01, 0.5, 0.9, 0.99, 1]) {
    const exact = values[Math.ceil(q * values.length) - 1];
    const off = Math.abs(quantile(q) / exact - 1);
    assert.ok(off < 0.0434, `${q}: ${quantile(q)} for ${exact}`);
    console.log(`histogram: p${q * 100} is off by ${(off * 100).toFixed(2)} %`);
}
assert.equal(quantile(1.5), -1);

console.log(`figure wasm-bytes ${file.length} bytes`);
