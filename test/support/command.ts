import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { command as entry } from './package.ts'

export interface Ran {
  code: number | null
  stdout: string
  stderr: string
  /** Standard output as the one JSON document that it has to be. */
  json: <T = Record<string, unknown>>() => T
}

const baseEnv = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(WAYBILL_|DATABASE_URL|NODE_OPTIONS|VITEST|FORCE_COLOR|NO_COLOR)/.test(name),
    ),
  )

function launch(args: string[], env: NodeJS.ProcessEnv): ChildProcess & { out: string; err: string } {
  const child = Object.assign(
    spawn(process.execPath, [entry, ...args], {
      env: { ...baseEnv(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
    { out: '', err: '' },
  )
  child.stdout.setEncoding('utf8').on('data', (text: string) => (child.out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (child.err += text))
  return child
}

/** Runs the command to its end, in a pipe. */
export async function waybill(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const child = launch(args, env)
  const [code] = (await once(child, 'close')) as [number | null]
  const { out, err } = child
  return { code, stdout: out, stderr: err, json: <T>() => JSON.parse(out) as T }
}

export interface Started {
  /** The process that was started: for `start` the supervisor. */
  pid: number
  /** What it printed with --json when it was ready. */
  ready: Record<string, string> & { pid: number }
  stderr(): string
  kill(signal: NodeJS.Signals): void
  /** Asks it to stop, and resolves with its exit code. */
  stop(): Promise<number | null>
  ended: Promise<number | null>
}

/** Starts a command that goes on, such as `start`, and waits until it says that it is ready. Rejects if it ends. */
export async function startCommand(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Started> {
  const child = launch([...args, '--json'], env)
  const ended = once(child, 'close').then(([code]) => code as number | null)
  const ready = await Promise.race([
    firstDocument(child),
    ended.then((code) => {
      throw new Error(`waybill ${args.join(' ')} ended with ${code}: ${child.err}`)
    }),
  ])
  return {
    pid: child.pid!,
    ready: ready as Started['ready'],
    stderr: () => child.err,
    kill: (signal) => void child.kill(signal),
    stop: async () => {
      child.kill('SIGTERM')
      return ended
    },
    ended,
  }
}

async function firstDocument(child: { out: string }): Promise<unknown> {
  for (;;) {
    if (child.out.trimEnd().endsWith('}')) {
      try {
        return JSON.parse(child.out)
      } catch {
        // More of it is to come.
      }
    }
    await sleep(25)
  }
}

/** A home of its own, gone after the test. */
export async function newHome(): Promise<{ home: string; remove(): Promise<void> }> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'waybill-cli-'))
  return { home, remove: () => rm(home, { recursive: true, force: true }) }
}

/** Waits until `holds` does, looking often; says what did not come true. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  ms = 20_000,
): Promise<void> {
  const end = performance.now() + ms
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`${what} did not come true in ${ms} ms`)
    await sleep(50)
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
