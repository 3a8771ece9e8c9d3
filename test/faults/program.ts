import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, existsSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import { z } from 'zod'
import { command } from '../support/package.ts'

/** A home of its own, with the real program on it: the processes that `waybill start` makes. */
export interface Home {
  dir: string
  /** What every start wrote, for a failing test to show. */
  log: string
  start(): Program
  /** Runs a command of Waybill to its end; throws with what it said when it fails. */
  waybill(args: string[], env?: NodeJS.ProcessEnv): Promise<string>
  /** The pid of the embedded PostgreSQL, proved by its command line to be this home's; null when none runs. */
  postmaster(): number | null
  /** Asks the ledger. Needs a running PostgreSQL, not a running program. */
  query<T>(sql: string, values?: unknown[]): Promise<T[]>
  remove(): Promise<void>
}

export interface Program {
  /** The supervisor's process id; that of its process group as well. */
  pid: number
  /** Resolves with the process that serves, when it answers. */
  ready: Promise<{ url: string; pid: number }>
  /** Resolves when the supervisor has ended. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  /** kill -9 of supervisor and server at one stroke; PostgreSQL is not among them. */
  kill(): Promise<void>
}

const startedSchema = z.object({ url: z.url(), pid: z.number() })

export async function makeHome(): Promise<Home> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'waybill-faults-'))
  const log = path.join(dir, 'program.log')
  const { DATABASE_URL: _, ...inherited } = process.env
  const env = { ...inherited, WAYBILL_HOME: dir, WAYBILL_ALLOW_HOSTS: '127.0.0.1', WAYBILL_LOG: 'info' }
  const programs = new Set<Program>()

  function start(): Program {
    // A process group of its own, so that one signal reaches all of the program and nothing else.
    const child = spawn(process.execPath, [command, 'start', '--port', '0', '--json'], {
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const ended = once(child, 'exit').then(([code, signal]) => {
      programs.delete(program)
      return { code: code as number | null, signal: signal as NodeJS.Signals | null }
    })
    const output = createWriteStream(log, { flags: 'a' })
    child.stdout.pipe(output, { end: false })
    child.stderr.pipe(output, { end: false })
    const ready = Promise.race([
      firstDocument(child).then((document) => startedSchema.parse(document)),
      ended.then(({ code, signal }) => {
        throw new Error(`waybill start ended (${code ?? signal}): ${tail(log)}`)
      }),
    ])
    ready.catch(() => undefined)
    const program: Program = {
      pid: child.pid!,
      ready,
      ended,
      kill: async () => {
        signalGroup(child.pid!, 'SIGKILL')
        await ended
      },
    }
    programs.add(program)
    return program
  }

  const home: Home = {
    dir,
    log,
    start,
    waybill: async (args, given = {}) => {
      const child = spawn(process.execPath, [command, ...args], {
        env: { ...env, ...given },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const said = { out: '', err: '' }
      child.stdout.on('data', (text: Buffer) => (said.out += text.toString()))
      child.stderr.on('data', (text: Buffer) => (said.err += text.toString()))
      const [code] = (await once(child, 'close')) as [number | null]
      if (code !== 0) throw new Error(`waybill ${args.join(' ')} failed: ${said.err || said.out}`)
      return said.out
    },
    postmaster: () => postmasterOf(databaseFolder(dir)),
    query: async <T>(sql: string, values: unknown[] = []) => {
      const client = new Client({
        host: path.join(databaseFolder(dir), 'run'),
        user: 'waybill',
        database: 'waybill',
        password: (await readFile(path.join(dir, 'postgres', 'password'), 'utf8')).trim(),
      })
      client.on('error', () => undefined)
      await client.connect()
      try {
        return (await client.query(sql, values)).rows as T[]
      } finally {
        await client.end()
      }
    },
    remove: async () => {
      for (const program of programs) await program.kill()
      for (let pid = home.postmaster(); pid !== null; pid = home.postmaster()) await killPostgres(pid)
      const elsewhere = databaseFolder(dir)
      await rm(dir, { recursive: true, force: true })
      await rm(elsewhere, { recursive: true, force: true })
    },
  }
  return home
}

/** Where the database of a home lies: in it, or where root had to put it for another user to enter. */
function databaseFolder(dir: string): string {
  const marker = path.join(dir, 'postgres', 'place.json')
  if (!existsSync(marker)) return path.join(dir, 'postgres')
  return z.object({ dir: z.string() }).parse(JSON.parse(readFileSync(marker, 'utf8'))).dir
}

function postmasterOf(folder: string): number | null {
  const data = path.join(folder, 'data')
  const file = path.join(data, 'postmaster.pid')
  if (!existsSync(file)) return null
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
  return commandLine(pid).join(' ').includes(`/bin/postgres -D ${data} `) ? pid : null
}

/** The arguments of a living process; none of a dead one or a zombie. */
function commandLine(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}

export const lives = (pid: number): boolean => commandLine(pid).some((part) => part !== '')

/** kill -9 of a postmaster; with `all`, of the processes it started as well, at the same moment. */
export async function killPostgres(pid: number, all = true): Promise<void> {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
  for (const each of [pid, ...(all ? children.map(Number) : [])]) signal(each, 'SIGKILL')
  await until(() => !lives(pid), 10_000, 'PostgreSQL to be gone')
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

const signalGroup = (pid: number, name: NodeJS.Signals) => signal(-pid, name)

/** Waits for something outside to become true, looking every 20 ms; what it was is in the error. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  withinMs: number,
  what: string | (() => string),
): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await condition())) {
    if (performance.now() > deadline) {
      const named = typeof what === 'string' ? what : what()
      throw new Error(`waited ${Math.round(withinMs / 1000)} s for ${named}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** The first JSON document that a process writes to its standard output. */
function firstDocument(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => {
    let text = ''
    child.stdout!.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (!text.includes('\n}')) return
      resolve(JSON.parse(text.slice(text.indexOf('{'), text.indexOf('\n}') + 2)))
    })
  })
}

export const tail = (file: string, length = 4000): string => readFileSync(file, 'utf8').slice(-length)

export async function writeConfiguration(
  home: Home,
  yaml: string,
  values: Record<string, string>,
): Promise<void> {
  const file = path.join(home.dir, 'waybill.yaml')
  await writeFile(file, yaml)
  await home.waybill(['apply', '-f', file, '--json'], values)
}
