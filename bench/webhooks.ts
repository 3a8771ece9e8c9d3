// From a shop's webhook to the record in NetSuite, beside a hand-written receiver on the same sandboxes; the CPU of the
// acknowledgement; and the highest rate that is held:
//   node bench/webhooks.ts [orders a second] [seconds] [rates to try, such as 100,200,280]
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { cpuSoFar } from './cpu.ts'
import { type Sandboxes, startSandboxes } from './ends.ts'
import type { Flowed } from './flow.ts'
import { type Bench, connect, openBench } from './program.ts'

const perSecond = Number(process.argv[2] ?? 20)
const seconds = Number(process.argv[3] ?? 60)
const rates = (process.argv[4] ?? '80,120,160,200,240,280,320').split(',').filter(Boolean).map(Number)
const searchSeconds = 30
/** "Held": this long after the last order was placed, every one has its record, and none has two. */
const patienceSeconds = 5

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const load = () => loadavg()[0]!.toFixed(1)

interface Flown extends Flowed {
  /** Milliseconds for an order. */
  node: number
  postgres: number
}

async function flow(
  bench: Bench,
  sandboxes: Sandboxes,
  pid: number,
  about: { perSecond: number; seconds: number; patienceSeconds: number },
): Promise<Flown> {
  const measured = { programs: [pid], postmaster: bench.postgres.pid() }
  const before = await cpuSoFar(measured)
  const flowed = await sandboxes.ask('flow', about)
  const after = await cpuSoFar(measured)
  return {
    ...flowed,
    node: (after.node - before.node) / flowed.placed,
    postgres: (after.postgres - before.postgres) / flowed.placed,
  }
}

const at = ({ ms }: Flowed, share: number) =>
  ms[Math.min(ms.length - 1, Math.floor(ms.length * share))] ?? NaN

function say(name: string, flown: Flown): void {
  const [half, most] = [at(flown, 0.5).toFixed(1), at(flown, 0.99).toFixed(1)]
  console.log(
    `${name.padEnd(22)} p50 ${half.padStart(6)} ms   p99 ${most.padStart(6)} ms   ${flown.node.toFixed(2)} ms CPU in Node, ${flown.postgres.toFixed(2)} ms in PostgreSQL for each   ${flown.arrived} of ${flown.placed} arrived, ${flown.twice} twice   load ${load()}`,
  )
}

async function handWritten(bench: Bench): Promise<void> {
  const sandboxes = await startSandboxes({ orders: 0 })
  const about = { ends: sandboxes.ends, database: bench.postgres.connection, secret: 'floor-secret' }
  const child = fork(join(import.meta.dirname, 'webhook-floor.ts'), [JSON.stringify(about)])
  const [{ pid }] = (await once(child, 'message')) as [{ pid: number }]
  await sandboxes.ask('flow', { perSecond, seconds: 5, patienceSeconds })
  say('hand-written receiver', await flow(bench, sandboxes, pid, { perSecond, seconds, patienceSeconds }))
  child.disconnect()
  sandboxes.close()
}

async function waybill(bench: Bench): Promise<void> {
  const sandboxes = await startSandboxes({ orders: 0 })
  const port = await freePort()
  const publicUrl = { WAYBILL_PUBLIC_URL: `http://127.0.0.1:${port}` }
  const whole = await bench.start(['start', '--port', String(port)], publicUrl)
  await connect(bench, {
    ends: sandboxes.ends,
    budget: 20,
    shopConcurrency: 20,
    timeout: '10s',
    every: '60s',
    since: new Date(Date.now() - 60_000),
  })
  await subscribed(bench)
  await sandboxes.ask('flow', { perSecond, seconds: 5, patienceSeconds })
  say('Waybill', await flow(bench, sandboxes, whole.pid, { perSecond, seconds, patienceSeconds }))

  let held: number | null = null
  for (const rate of rates) {
    const flown = await flow(bench, sandboxes, whole.pid, {
      perSecond: rate,
      seconds: searchSeconds,
      patienceSeconds,
    })
    say(`Waybill, ${rate} a second`, flown)
    if (flown.arrived < flown.placed || flown.twice > 0) break
    held = rate
  }
  if (rates.length > 0)
    console.log(
      `held for ${searchSeconds} s: ${held ?? 'none of these rates'} a second (every order with one record within ${patienceSeconds} s of the last webhook)`,
    )
  await sandboxes.ask('delivered')
  await allPosted(bench)
  await bench.stop(whole)

  const server = await bench.start(['server', '--port', String(port)], publicUrl)
  await sandboxes.ask('flow', { perSecond, seconds: 3, patienceSeconds: 0 })
  const answering = await flow(bench, sandboxes, server.pid, { perSecond, seconds: 15, patienceSeconds: 0 })
  console.log(
    `acknowledging a webhook: ${answering.node.toFixed(2)} ms CPU in Node, ${answering.postgres.toFixed(2)} ms in PostgreSQL   load ${load()}`,
  )
  sandboxes.close()
}

async function allPosted(bench: Bench): Promise<void> {
  for (;;) {
    const { rows } = await bench.pool.query(
      "SELECT 1 FROM jobs WHERE kind IN ('import', 'post') UNION ALL SELECT 1 FROM orders WHERE status <> 'posted' LIMIT 1",
    )
    if (rows.length === 0) return
    await pause(100)
  }
}

async function subscribed(bench: Bench): Promise<void> {
  for (;;) {
    const { rows } = await bench.pool.query('SELECT 1 FROM connections WHERE webhook_state IS NOT NULL')
    if (rows.length > 0) return
    await pause(100)
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

const bench = await openBench()
try {
  console.log(
    `${perSecond} orders a second for ${seconds} s, no latency, the sandboxes in a process of their own`,
  )
  await handWritten(bench)
  await waybill(bench)
} finally {
  await bench.end()
}
