// How much of the backend's budget of calls at once is used while a backlog is posted, by one process that does
// everything or by a server and several workers:
//   node bench/catch-up.ts [orders] [workers]
import { loadavg } from 'node:os'
import { startSandboxes } from './ends.ts'
import { connect, openBench } from './program.ts'

const orders = Number(process.argv[2] ?? 2000)
const workers = Number(process.argv[3] ?? 0)
const budget = 5
const latency = { medianMs: 300, sigma: 0.5 }

const load = () => loadavg()[0]!.toFixed(1)
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const bench = await openBench()
const sandboxes = await startSandboxes({ orders, newCustomerOneIn: 2, budget, latency })
try {
  console.log(
    `${orders} orders, every second of a new customer; ${budget} calls at once, latency lognormal (median ${latency.medianMs} ms, sigma ${latency.sigma}); load before: ${load()}`,
  )
  await bench.start([workers === 0 ? 'start' : 'server', '--port', '0'])
  for (let n = 0; n < workers; n += 1) await bench.start(['worker'])
  await connect(bench, {
    ends: sandboxes.ends,
    budget,
    shopConcurrency: 2,
    timeout: '30s',
    every: '60s',
    since: new Date(Date.now() - 86_400_000),
  })
  const started = Date.now()
  const emptyAt = await nothingWaits()
  const { fullAt } = await sandboxes.ask('inFlight', { from: started, to: emptyAt })
  if (fullAt === null) throw new Error('the backlog never filled the budget')
  const seen = await sandboxes.ask('inFlight', { from: fullAt, to: emptyAt })
  await allPosted()
  const { posted } = await sandboxes.ask('count')
  const seconds = (emptyAt - fullAt) / 1000
  console.log(
    [
      `${workers === 0 ? 'one process (waybill start)' : `waybill server and ${workers} × waybill worker`}: ${((100 * seen.inFlight) / budget).toFixed(2)} % of the budget in use`,
      `over ${seconds.toFixed(0)} s with ${seen.calls} calls (${(seen.calls / seconds).toFixed(1)} a second)`,
      `at most ${seen.mostInFlight} at once, ${seen.refused} refused; ${posted} of ${orders} orders in NetSuite`,
      `load after: ${load()}`,
    ].join('; '),
  )
} finally {
  sandboxes.close()
  await bench.end()
}

/** When no order waits any more: from then on there is less to do than the budget allows. */
async function nothingWaits(): Promise<number> {
  for (;;) {
    const { rows } = await bench.pool.query<{ known: string; waiting: string }>(
      `SELECT (SELECT count(*) FROM orders) AS known,
        (SELECT count(*) FROM jobs WHERE kind = 'post' AND worker IS NULL) AS waiting`,
    )
    if (Number(rows[0]!.known) === orders && Number(rows[0]!.waiting) === 0) return Date.now()
    await pause(100)
  }
}

async function allPosted(): Promise<void> {
  for (;;) {
    const { rows } = await bench.pool.query<{ posted: string }>(
      "SELECT count(*) AS posted FROM orders WHERE status = 'posted'",
    )
    if (Number(rows[0]!.posted) === orders) return
    await pause(100)
  }
}
