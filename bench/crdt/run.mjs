// Measures the document engine beside npm yjs and ywasm on the same files and prints the ratios.
//   npm ci --prefix bench/crdt && node --expose-gc bench/crdt/run.mjs <build>/bench/crdt/bench_crdt
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import zlib from 'node:zlib'
import * as Y from 'yjs'
import * as W from 'ywasm'

const native = process.argv[2]
const traces = path.join(import.meta.dirname, '..', 'traces')
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-crdt-'))
const unpack = name => {
  const to = path.join(dir, name)
  fs.writeFileSync(to, zlib.gunzipSync(fs.readFileSync(path.join(traces, name + '.gz'))))
  return to
}
const engine = (...args) => JSON.parse(execFileSync(native, args, { encoding: 'utf8' }))
const cpu = () => { const u = process.cpuUsage(); return (u.user + u.system) / 1000 }
const least = (rounds, f) => { let best = Infinity; for (let i = 0; i < rounds; i++) { const t = performance.now(); f(); best = Math.min(best, performance.now() - t) } return best }
const split = bytes => { // updates, each preceded by its varuint length
  const out = []
  for (let at = 0; at < bytes.length;) { let n = 0; let shift = 0; let b; do { b = bytes[at++]; n |= (b & 127) << shift; shift += 7 } while (b > 127); out.push(bytes.subarray(at, at + n)); at += n }
  return out
}
const join = updates => Buffer.concat(updates.flatMap(u => { const h = []; let n = u.length; while (n > 127) { h.push(n & 127 | 128); n >>= 7 } h.push(n); return [Buffer.from(h), Buffer.from(u)] }))
const table = []
const row = (what, ours, yjs, ywasm, note = '') => table.push([what, ours, yjs, ywasm, yjs ? (yjs / ours).toFixed(1) + 'x' : '', note])

for (const name of ['automerge-paper', 'friendsforever']) {
  const v1 = unpack(name + '.v1'); const v2 = unpack(name + '.v2'); const stream = unpack(name + '.updates')
  const b1 = fs.readFileSync(v1); const b2 = fs.readFileSync(v2); const updates = split(fs.readFileSync(stream))
  const o1 = engine('load1', v1); const o2 = engine('load2', v2); const r = engine('replay', stream, v1)
  row(`${name}: load v1, ms`, o1.load_ms, least(40, () => Y.applyUpdate(new Y.Doc(), b1)), least(25, () => { const d = new W.YDoc(); W.applyUpdate(d, b1); d.free() }), `exact ${o1.exact}`)
  row(`${name}: load v2, ms`, o2.load_ms, least(40, () => Y.applyUpdateV2(new Y.Doc(), b2)), least(25, () => { const d = new W.YDoc(); W.applyUpdateV2(d, b2); d.free() }), `exact ${o2.exact}`)
  const d = new Y.Doc(); Y.applyUpdate(d, b1)
  row(`${name}: encode v2, ms`, o2.encode_v2_ms, least(20, () => Y.encodeStateAsUpdateV2(d)))
  const t = cpu(); const e = new Y.Doc(); updates.forEach(u => Y.applyUpdate(e, u)); const ms = cpu() - t
  row(`${name}: replay ${r.updates} updates, ms`, r.replay_ms, ms, 0, `exact ${r.exact}, ${(r.updates / r.replay_ms / 1000).toFixed(1)} M/s`)
  if (global.gc) {
    const keep = []; gc(); const before = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers
    for (let i = 0; i < 8; i++) { const k = new Y.Doc(); Y.applyUpdate(k, b1); keep.push(k) }
    gc(); const each = (process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers - before) / keep.length
    row(`${name}: memory loaded, bytes`, o1.memory, Math.round(each), 0, `${(o1.memory / o1.length).toFixed(2)} bytes per character`)
  }
}
for (const clients of [1000, 4000]) { // every client typed a word into one text
  const updates = []
  for (let i = 0; i < clients; i++) { const d = new Y.Doc(); d.clientID = 1000003 + i * 977; d.getText('t').insert(0, 'word' + i); updates.push(Y.encodeStateAsUpdate(d)) }
  const file = path.join(dir, 'clients' + clients); fs.writeFileSync(file, join(updates))
  const o = engine('merge', file)
  const t = cpu(); const merged = Y.mergeUpdates(updates)
  row(`merge of ${clients} clients, ms`, o.merge_ms, cpu() - t, 0, `bytes ${o.bytes} / yjs ${merged.length}`)
}
// 10 MB of hostile update each; nothing here is a document anybody would write.
const MB = 1 << 20
const uint = n => { const out = []; while (n > 127) { out.push(n & 127 | 128); n = Math.floor(n / 128) } out.push(n); return out }
const repeat = (head, unit, count, tail = [0]) => { const b = Buffer.alloc(head.length + unit.length * count + tail.length); Buffer.from(head).copy(b); for (let i = 0; i < count; i++) Buffer.from(unit).copy(b, head.length + i * unit.length); Buffer.from(tail).copy(b, b.length - tail.length); return b }
const build = f => { const parts = []; let n = 0; for (let i = 0; n < 10 * MB; i++) { const p = Buffer.from(f(i)); parts.push(p); n += p.length } return [parts.length, Buffer.concat(parts)] }
const hostile = {}
{ const n = 10 * MB / 3 | 0; hostile['alternating GC and one-letter text'] = Buffer.concat([Buffer.from([1, ...uint(n), 1, 0]), repeat([], [0, 1, 4, 1, 1, 116, 1, 97], n / 2 | 0, [])]) }
{ const [n, b] = build(i => [1, ...uint(i * 3 + 5), 0, 0, 1]); hostile['a client per struct'] = Buffer.concat([Buffer.from(uint(n)), b, Buffer.from([0])]) }
{ const [n, b] = build(i => [1, ...uint(i + 1), 0, 4, 1, 1, 116, 1, 97]); hostile['clients at one place'] = Buffer.concat([Buffer.from(uint(n)), b, Buffer.from([0])]) }
{ const n = 10 * MB - 20; const ds = []; hostile['one text cut at every unit'] = Buffer.concat([Buffer.from([1, 1, 1, 0, 4, 1, 1, 116, ...uint(n / 3 | 0)]), Buffer.alloc(n / 3 | 0, 97), Buffer.from([1, 1, ...uint(n / 3 / 4 | 0)]), Buffer.concat(Array.from({ length: n / 3 / 4 | 0 }, (_, i) => Buffer.from([...uint(i * 3), 1])))]) }
{ const k = 1.2e6 | 0; hostile['emoji cut through every pair'] = Buffer.concat([Buffer.from([1, 1, 1, 0, 4, 1, 1, 116, ...uint(k * 4)]), Buffer.from('🙂'.repeat(k)), Buffer.from([1, 1, ...uint(k)]), Buffer.concat(Array.from({ length: k }, (_, i) => Buffer.from([...uint(i * 2 + 1), 1])))]) }
{ const k = 3e6; hostile['array cut at every second element'] = Buffer.concat([Buffer.from([1, 1, 1, 0, 8, 1, 1, 97, ...uint(k)]), Buffer.alloc(k, 126), Buffer.from([1, 1, ...uint(k / 2)]), Buffer.concat(Array.from({ length: k / 2 }, (_, i) => Buffer.from([...uint(k - 1 - i * 2), 1])))]) }
{ const k = 2e6; hostile['delete set in no order'] = Buffer.concat([Buffer.from([0, 1, 1, ...uint(k)]), Buffer.concat(Array.from({ length: k }, (_, i) => Buffer.from([...uint((i * 7919) % k * 2), 1])))]) }
hostile['deep any'] = Buffer.concat([Buffer.from([1, 1, 1, 0, 8, 1, 1, 97, 1]), repeat([], [117, 1], 5 * MB, [126, 0])])
hostile['types nested in types'] = (() => { const [n, b] = build(i => i === 0 ? [7, 1, 1, 97, 0] : [7, 0, 1, ...uint(i - 1), 0]); return Buffer.concat([Buffer.from([1, ...uint(n), 1, 0]), b, Buffer.from([1, 1, 1, 0, 1])]) })()
hostile['map keys'] = (() => { const [n, b] = build(i => { const k = Buffer.from(i.toString(36)); return [40, 1, 1, 109, k.length, ...k, 1, 126] }); return Buffer.concat([Buffer.from([1, ...uint(n), 1, 0]), b, Buffer.from([0])]) })()
for (const [name, bytes] of Object.entries(hostile)) {
  const file = path.join(dir, 'hostile'); fs.writeFileSync(file, bytes)
  const o = engine('hostile1', file)
  row(`hostile ${(bytes.length / MB).toFixed(1)} MB: ${name}, ms`, o.ms, 0, 0, `${o.outcome}, memory ${(o.growth_kb * 1024 / bytes.length).toFixed(1)}x its size`)
}
fs.rmSync(dir, { recursive: true })
const cell = x => typeof x === 'number' ? (x === 0 ? '' : x >= 1000 ? Math.round(x).toString() : x.toPrecision(3)) : x
console.log('| what | parvis | yjs | ywasm | yjs / parvis | |\n| --- | --- | --- | --- | --- | --- |')
for (const r of table) console.log('| ' + r.map(cell).join(' | ') + ' |')
