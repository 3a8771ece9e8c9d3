// Orders per second through the whole path, CPU per order and memory, beside a hand-written loop on the same sandboxes:
//   node bench/throughput.ts [orders]
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { backends, channels } from '../src/connectors/index.ts'
import { timeOrderedId } from '../src/ids.ts'
import { createDeps } from '../src/jobs/create-deps.ts'
import { startWorker } from '../src/jobs/worker.ts'
import { openDatabase } from '../src/ledger/database.ts'
import { startEmbedded } from '../src/ledger/embedded/index.ts'
import { enqueue } from '../src/ledger/jobs.ts'
import { migrate } from '../src/ledger/migrate.ts'
import { vaultWith } from '../src/ledger/secrets.ts'
import { register } from '../src/ledger/workers.ts'
import { demoMapping } from '../src/sandbox/demo-mapping.ts'
import { connect } from '../test/support/connect.ts'
import { cpuSoFar } from './cpu.ts'
import { startSandboxes } from './ends.ts'
import { floor } from './floor.ts'

const count = Number(process.argv[2] ?? 2000)
const quiet = { debug: () => {}, info: () => {}, warn: console.warn, error: console.error }

interface Measured {
  seconds: number
  cpuMs: number
  postgresCpuMs: number
}

async function measure(postmaster: number, work: () => Promise<void>): Promise<Measured> {
  const measured = { programs: [process.pid], postmaster }
  const [before, started] = [await cpuSoFar(measured), performance.now()]
  await work()
  const seconds = (performance.now() - started) / 1000
  const after = await cpuSoFar(measured)
  return { seconds, cpuMs: after.node - before.node, postgresCpuMs: after.postgres - before.postgres }
}

const home = await mkdtemp(join(tmpdir(), 'waybill-bench-'))
const started = await startEmbedded({ home, now: () => new Date(), log: quiet })
if (!started.ok) throw new Error(started.error.message)
const embedded = started.value
const admin = new pg.Pool({ ...embedded.connection })
const migrated = await migrate(admin)
if (!migrated.ok) throw new Error(migrated.error.message)

async function waybill(): Promise<Measured & { peakMb: number; reached: number }> {
  const sandboxes = await startSandboxes({ orders: count })
  const { ends } = sandboxes
  const { db } = openDatabase(embedded.connection, (error) => quiet.error(error.message))
  const vault = vaultWith(randomBytes(32))
  const workerId = randomUUID()
  const stopping = new AbortController()
  const now = () => new Date()
  const deps = createDeps({
    db,
    vault,
    workerId,
    now,
    random: Math.random,
    newId: () => timeOrderedId(now()),
    log: quiet,
    signal: stopping.signal,
    allowHosts: ['127.0.0.1'],
    channels,
    backends,
    version: 'bench',
    publicUrl: null,
  })
  const rules = { mapping: demoMapping, statuses: ['processing', 'completed'], since: '2020-01-01T00:00:00Z' }
  const { shopId } = await connect(db, vault, {
    ...ends,
    ...rules,
    automatic: true,
    concurrency: 20,
    at: now(),
  })
  const worker = { id: workerId, lockKey: '1', role: 'worker', host: 'bench', pid: process.pid, now: now() }
  const liveness = await register(embedded.connection, worker)
  const running = await startWorker({
    deps,
    listenConfig: embedded.connection,
    lost: liveness.lost,
    callTimeoutMs: () => 1000,
  })
  let peak = 0
  const watching = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 50)
  const result = await measure(embedded.pid(), async () => {
    await db
      .transaction()
      .execute((tx) => enqueue(tx, [{ kind: 'poll', key: shopId, connectionId: shopId, runAt: now() }]))
    for (;;) {
      const open = await db
        .selectFrom('orders')
        .select(({ fn }) => [fn.countAll<string>().as('n')])
        .where('status', '=', 'posted')
        .executeTakeFirstOrThrow()
      if (Number(open.n) === count) break
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  })
  clearInterval(watching)
  const { posted: reached } = await sandboxes.ask('count')
  stopping.abort()
  await running.stop()
  await liveness.release()
  await deps.close()
  await db.destroy()
  sandboxes.close()
  return { ...result, peakMb: peak / 1e6, reached }
}

async function handWritten(): Promise<Measured & { reached: number }> {
  const sandboxes = await startSandboxes({ orders: count })
  const { ends } = sandboxes
  const result = await measure(embedded.pid(), () => floor(ends, admin, count))
  const { posted: reached } = await sandboxes.ask('count')
  sandboxes.close()
  return { ...result, reached }
}

const row = (name: string, { seconds, cpuMs, postgresCpuMs, reached }: Measured & { reached: number }) =>
  console.log(
    `${name.padEnd(18)} ${(count / seconds).toFixed(0).padStart(6)} orders/s   ${(cpuMs / count).toFixed(2).padStart(6)} ms CPU in Node   ${(postgresCpuMs / count).toFixed(2).padStart(5)} ms in PostgreSQL   ${reached} in NetSuite`,
  )

console.log(
  `${count} orders, shop to NetSuite, no latency, the sandboxes in a process of their own on the same machine`,
)
const simple = await handWritten()
row('hand-written loop', simple)
const whole = await waybill()
row('Waybill', whole)
console.log(
  `ratio: ${(whole.seconds / simple.seconds).toFixed(1)} times the time, ${((whole.cpuMs + whole.postgresCpuMs) / (simple.cpuMs + simple.postgresCpuMs)).toFixed(1)} times the CPU; peak memory ${whole.peakMb.toFixed(0)} MB`,
)
await admin.end()
await embedded.stop()
await rm(home, { recursive: true, force: true })
