import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile, readlink, realpath } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface Postmaster {
  pid: number
  /** The program it runs: a path, " (deleted)" behind it when it was replaced. Null where /proc does not say. */
  program: string | null
}

/**
 * What `postmaster.pid` of a data directory refers to. `unknown`: a process lives under that id, and nothing says
 * whether it is the server.
 */
export type PidVerdict =
  | { is: 'absent' }
  | { is: 'running'; server: Postmaster }
  | { is: 'stale'; pid: number }
  | { is: 'unknown'; pid: number }

/** The file's lines: https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/utils/pidfile.h */
export async function readPid(dataDir: string): Promise<number | null> {
  const text = await readFile(path.join(dataDir, 'postmaster.pid'), 'utf8').catch(absent)
  const pid = Number(text?.split('\n')[0])
  return Number.isInteger(pid) && pid > 0 ? pid : null
}

/**
 * Judges a data directory's pid file by /proc.
 * @param prefix runs a command as the database's user: without CAP_SYS_PTRACE root may not read another user's links
 */
export async function judgePid(dataDir: string, prefix: string[]): Promise<PidVerdict> {
  const pid = await readPid(dataDir)
  if (pid === null) return { is: 'absent' }
  if (!alive(pid)) return { is: 'stale', pid }
  if (!existsSync('/proc/self')) return { is: 'unknown', pid }
  const state = await processState(pid)
  if (state === null || state === 'Z' || state === 'X') return { is: 'stale', pid }
  const cwd = await procLink(pid, 'cwd', prefix)
  if (cwd === null) return (await processState(pid)) === null ? { is: 'stale', pid } : { is: 'unknown', pid }
  const program = await procLink(pid, 'exe', prefix)
  const isServer =
    cwd === (await realpath(dataDir)) && (program === null || /\/postgres( \(deleted\))?$/.test(program))
  return isServer ? { is: 'running', server: { pid, program } } : { is: 'stale', pid }
}

/** The server that /proc proves to run on a data directory, if any. */
export async function serverOf(dataDir: string, prefix: string[]): Promise<Postmaster | null> {
  const verdict = await judgePid(dataDir, prefix)
  return verdict.is === 'running' ? verdict.server : null
}

/** Server processes whose postmaster is gone; while one lives, its shared memory keeps a new server from starting. */
export async function orphans(dataDir: string, prefix: string[]): Promise<number[]> {
  const real = await realpath(dataDir)
  const found: number[] = []
  for (const name of await readdir('/proc').catch(() => [])) {
    const pid = Number(name)
    if (!Number.isInteger(pid)) continue
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (!command.startsWith('postgres:') && !command.includes('/bin/postgres')) continue
    if ((await procLink(pid, 'cwd', prefix)) === real && (await processState(pid)) !== 'Z') found.push(pid)
  }
  return found
}

export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** The state letter of proc_pid_stat(5); null when there is no such process. */
export async function processState(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(absent)
  return stat === null ? null : (stat.slice(stat.lastIndexOf(')') + 2)[0] ?? null)
}

async function procLink(pid: number, name: 'cwd' | 'exe', prefix: string[]): Promise<string | null> {
  const link = `/proc/${pid}/${name}`
  try {
    return await readlink(link)
  } catch {
    if (prefix.length === 0) return null
  }
  const [file, ...args] = [...prefix, 'readlink', link]
  return await run(file!, args).then(
    ({ stdout }) => stdout.trimEnd(),
    () => null,
  )
}

function absent(error: unknown): null {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'ENOENT' || code === 'ESRCH') return null
  throw error
}
