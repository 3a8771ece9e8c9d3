// How quick the list of orders is at a million of them, over the HTTP API of the real program:
//   node bench/desk.ts [orders] [requests of each kind]
// Ends with 1 when the 95th percentile of any kind is 50 ms or more.
import { generateKeyPairSync } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { demoMapping } from '../src/sandbox/demo-mapping.ts'
import { cpuClock } from './cpu.ts'
import { fillLedger } from './desk-ledger.ts'
import { type Ask, kindsOfRequests } from './desk-requests.ts'
import { apply, openBench } from './program.ts'

const count = Number(process.argv[2] ?? 1_000_000)
const requests = Number(process.argv[3] ?? 200)
const seed = 1
const limitMs = 50
// The overview tells of the last days.
const end = new Date()

const channels = [
  { name: 'large-shop', share: 0.6 },
  { name: 'other-shop', share: 0.3 },
  { name: 'small-shop', share: 0.099 },
  { name: 'tiny-shop', share: 0.001 },
]

const bench = await openBench()
try {
  const server = await bench.start(['server', '--port', '0'])
  await apply(bench, configuration(), { NETSUITE_KEY: privateKey() })
  console.log(`making ${count} orders …`)
  const began = performance.now()
  await fillLedger(bench.pool, { count, end, seed, channels, backend: 'netsuite' })
  console.log(
    `made in ${((performance.now() - began) / 1000).toFixed(0)} s; load: ${loadavg()[0]!.toFixed(1)}`,
  )
  const slow = await measureAll(await askingThe(bench.home), server.pid)
  await bench.stop(server)
  console.log(
    slow.length === 0
      ? `every 95th percentile is below ${limitMs} ms; load: ${loadavg()[0]!.toFixed(1)}`
      : `not below ${limitMs} ms: ${slow.join(', ')}; load: ${loadavg()[0]!.toFixed(1)}`,
  )
  process.exitCode = slow.length === 0 ? 0 : 1
} finally {
  await bench.end()
}

async function askingThe(home: string): Promise<Ask> {
  const { url } = JSON.parse(await readFile(join(home, 'server.json'), 'utf8')) as { url: string }
  const token = (await readFile(join(home, 'token'), 'utf8')).trim()
  return async (path) => {
    const answer = await fetch(`${url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`)
    return JSON.parse(text) as never
  }
}

/**
 * Prints a line for each kind of request; returns the kinds that are too slow. The CPU of server and PostgreSQL together
 * for one request, and its 95th percentile, say what it takes where nothing else runs.
 */
async function measureAll(ask: Ask, server: number): Promise<string[]> {
  const slow: string[] = []
  const line = (name: string, of: string[]) => `${name.padEnd(52)} ${of.map((t) => t.padStart(8)).join('')}`
  console.log(`${line('request', ['p50', 'p95', 'p99', 'CPU p50', 'CPU p95'])}   (ms)`)
  for (const { name, pathOf } of await kindsOfRequests(bench.pool, seed)) {
    for (let n = 0; n < 5; n += 1) await ask(pathOf(n))
    const cpu = cpuClock({ program: server, postmaster: bench.postgres.pid() })
    const times: number[] = []
    const cpuTimes: number[] = []
    for (let n = 0; n < requests; n += 1) {
      const [before, began] = [cpu(), performance.now()]
      await ask(pathOf(n))
      times.push(performance.now() - began)
      cpuTimes.push(cpu() - before)
    }
    const shown = [at(times, 0.5), at(times, 0.95), at(times, 0.99), at(cpuTimes, 0.5), at(cpuTimes, 0.95)]
    const isSlow = at(times, 0.95) >= limitMs
    console.log(
      line(
        name,
        shown.map((ms) => ms.toFixed(1)),
      ) + (isSlow ? '   too slow' : ''),
    )
    if (isSlow) slow.push(name)
  }
  return slow
}

function at(times: number[], share: number): number {
  return times.toSorted((a, b) => a - b)[Math.ceil(share * times.length) - 1]!
}

function configuration() {
  const shop = {
    kind: 'woocommerce',
    url: 'http://127.0.0.1:9',
    credentials: { consumerKey: 'ck_1', consumerSecret: 'cs_1' },
  }
  return {
    connections: {
      ...Object.fromEntries(
        channels.map(({ name }, n) => [name, { ...shop, url: `http://127.0.0.1:${9 + n}` }]),
      ),
      netsuite: {
        kind: 'netsuite',
        account: '1234567_SB1',
        url: 'http://127.0.0.1:8',
        credentials: { clientId: 'c', certificateId: 'c', privateKey: '${NETSUITE_KEY}' },
      },
    },
    routes: channels.map(({ name }) => ({
      name,
      from: name,
      to: 'netsuite',
      import: { statuses: ['processing'], since: '2020-01-01', every: '1h' },
      post: { automatic: true },
      mapping: demoMapping,
    })),
  }
}

function privateKey(): string {
  const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return key.export({ type: 'pkcs8', format: 'pem' }) as string
}
