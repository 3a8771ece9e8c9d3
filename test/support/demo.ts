import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { formatDuration } from '../../src/config/durations.ts'
import { command } from './package.ts'
import type { NoticePage, RouteJson } from '../../src/server/schemas.ts'

export interface Demo {
  url: string
  /** Signs one browser in, once. */
  link: string
  shop: { url: string; control: string }
  netsuite: { url: string; account: string }
  /** Asks the API, with the token of the demo's home. */
  api<T>(path: string, init?: RequestInit): Promise<T>
  /** Presses one of the sandbox shop's switches, such as `order` or `down`. */
  shopDoes(action: string, body?: object): Promise<unknown>
  stop(): Promise<void>
}

/** Starts `waybill demo` in a home of its own on free ports; it is ready when it prints where it is. */
export async function startDemo(): Promise<Demo> {
  const home = await mkdtemp(path.join(tmpdir(), 'waybill-demo-'))
  const child = spawn(process.execPath, [command, 'demo', '--port', '0', '--json'], {
    env: { ...process.env, WAYBILL_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stop = async () => {
    await end(child)
    await rm(home, { recursive: true, force: true })
  }
  try {
    const printed = await printedDocument(child)
    return {
      ...printed,
      stop,
      api: await apiOf(home, printed.url),
      shopDoes: (action, body = {}) =>
        json(`${printed.shop.control}/${action}`, { method: 'POST', body: JSON.stringify(body) }),
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Asks the API of a Waybill at this address, with the token of its home. */
export async function apiOf(home: string, url: string): Promise<Demo['api']> {
  const token = (await readFile(path.join(home, 'token'), 'utf8')).trim()
  return (at, init) => json(`${url}/api/v1${at}`, init, { authorization: `Bearer ${token}` })
}

type Printed = Pick<Demo, 'url' | 'link' | 'shop' | 'netsuite'>

function printedDocument(child: ChildProcess): Promise<Printed> {
  return new Promise((resolve, reject) => {
    let out = ''
    let said = ''
    child.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.stdout!.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      if (/^}$/m.test(out)) resolve(JSON.parse(out) as Printed)
    })
    child.on('exit', (code) => reject(new Error(`The demo ended with ${code}: ${said}`)))
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}

async function json<T>(
  url: string,
  init: RequestInit = {},
  headers: Record<string, string> = {},
): Promise<T> {
  const response = await fetch(url, {
    ...init,
    headers: { ...headers, ...(init.body === undefined ? {} : { 'content-type': 'application/json' }) },
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${url}: ${response.status} ${text}`)
  return JSON.parse(text) as T
}

/** Gives the demo's route a rule by which its orders in error are warned of a second from now; resolves when they are. */
export async function warnOfOrdersInError(demo: Demo): Promise<void> {
  const [route] = (await demo.api<{ items: RouteJson[] }>('/routes')).items
  const { name, from, to, statuses, since, mapping } = route!
  await demo.api(`/routes/${name}`, {
    method: 'PUT',
    body: JSON.stringify({
      from,
      to,
      import: { statuses, since, every: formatDuration(route!.everyMs) },
      autoCancel: { after: '3600s', warn: ['3599s', '3598s'] },
      mapping,
    }),
  })
  const end = Date.now() + 60_000
  while ((await demo.api<NoticePage>('/notices')).unseen === 0) {
    if (Date.now() > end) throw new Error('The demo did not warn within a minute')
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}
