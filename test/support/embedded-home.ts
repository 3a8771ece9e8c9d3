import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { Client } from 'pg'
import { startEmbedded } from '../../src/ledger/embedded/index.ts'
import type { Embedded, EmbeddedOptions } from '../../src/ledger/embedded/index.ts'
import type { LedgerFailure } from '../../src/ledger/failure.ts'

export const isRoot = process.getuid?.() === 0

const cleanups: (() => Promise<unknown>)[] = []

/** Undoes, last first, what the helpers below did: to be called after each test. */
export async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
}

export const later = (cleanup: () => Promise<unknown>) => void cleanups.push(cleanup)

/** A folder of the test's own. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'waybill-embedded-'))
  later(() => rm(folder, { recursive: true, force: true }))
  return folder
}

type Options = Partial<EmbeddedOptions> & { home: string }

export async function attempt(options: Options) {
  const started = await startEmbedded({
    now: () => new Date('2026-03-01T12:00:00Z'),
    log: { info: () => {}, warn: () => {}, error: () => {} },
    durable: false,
    ...options,
  })
  if (started.ok) later(started.value.stop)
  return started
}

export async function start(options: Options): Promise<Embedded> {
  const started = await attempt(options)
  if (started.ok) return started.value
  throw new Error(`${started.error.code}: ${started.error.message}`)
}

export async function refusal(options: Options): Promise<LedgerFailure> {
  const started = await attempt(options)
  if (!started.ok) return started.error
  throw new Error('it started')
}

/** A home with a database that was stopped cleanly: made with these options, or else a copy of one that was. */
export async function usedHome(options?: Partial<EmbeddedOptions>): Promise<string> {
  const home = options?.home ?? path.join(await temporaryFolder(), 'home')
  if (options !== undefined) await makeUsedHome({ ...options, home })
  else await cp(await (pattern ??= makePattern()), home, { recursive: true, verbatimSymlinks: true })
  return home
}

async function makeUsedHome(options: Options): Promise<void> {
  const database = await start(options)
  await query(database.databaseUrl, 'CREATE TABLE kept AS SELECT 42 AS answer')
  await database.stop()
}

let pattern: Promise<string> | undefined

/** Making a database takes seconds, and copying one hardly any time. It stays until this process ends. */
async function makePattern(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'waybill-embedded-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const home = path.join(folder, 'home')
  await makeUsedHome({ home })
  return home
}

export async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  // A server that is killed while we are connected is the point of some tests.
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

type HolderOptions = Pick<
  EmbeddedOptions,
  'home' | 'shared' | 'patience' | 'durable' | 'binaries' | 'temporary'
>
type Said = { ok: true; pid: number; started: boolean; url: string } | { ok: false; error: LedgerFailure }

/** A Waybill in a process of its own, which can be killed. */
export async function holder(
  options: HolderOptions,
  prefix: string[] = [],
): Promise<{ said: Said; kill(): Promise<void> }> {
  const { said, kill } = launchHolder(options, prefix)
  return { said: await said, kill }
}

/** The same, without waiting until it has started. */
export function launchHolder(options: HolderOptions, prefix: string[] = []) {
  const script = path.join(import.meta.dirname, 'embedded-holder.ts')
  const [file, ...args] = [
    ...prefix,
    process.execPath,
    script,
    JSON.stringify({ durable: false, ...options }),
  ]
  const child = spawn(file!, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const kill = async () => {
    child.kill('SIGKILL')
    await ended
  }
  later(kill)
  const said = once(createInterface(child.stdout), 'line').then(([line]) => JSON.parse(String(line)) as Said)
  return { said, kill }
}

/** A process that lives until the test ends; `command` runs in a shell, whose first line of output is a process id. */
export async function bystander(command = 'echo $$; exec sleep 600'): Promise<number> {
  const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  later(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return Number(line)
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('waited for 20 s')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
