import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

/** How long things may take, in milliseconds. */
export interface Patience {
  /** For a process under the pid file's id of which /proc does not say what it is. */
  unproven: number
  /** For a server to end when told to, before it is ended harder. */
  stop: number
  poll: number
}

const run = promisify(execFile)
const hasProc = existsSync('/proc/self/stat')

/** A process told apart from a later one under the same id. */
export interface Process {
  pid: number
  /** Its start in clock ticks since boot (proc_pid_stat(5)); empty where there is no /proc. */
  born: string
}

export interface Postmaster extends Process {
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
async function pidFile(dataDir: string): Promise<string[]> {
  const text = await readFile(path.join(dataDir, 'postmaster.pid'), 'utf8').catch(absent)
  return text?.split('\n') ?? []
}

export async function readPid(dataDir: string): Promise<number | null> {
  const pid = Number((await pidFile(dataDir))[0])
  return Number.isInteger(pid) && pid > 0 ? pid : null
}

/** True while the server shuts down, which may take as long as somebody stays connected. */
export const isStopping = async (dataDir: string) => (await pidFile(dataDir))[7]?.trim() === 'stopping'

/**
 * Judges a data directory's pid file by /proc.
 * @param prefix runs a command as the database's user: without CAP_SYS_PTRACE root may not read another user's links
 */
export async function judgePid(dataDir: string, prefix: string[]): Promise<PidVerdict> {
  const pid = await readPid(dataDir)
  if (pid === null) return { is: 'absent' }
  const found = await processOf(pid)
  if (found === null) return { is: 'stale', pid }
  if (hasProc && !(await mayServe(pid, dataDir))) return { is: 'stale', pid }
  const cwd = await procLink(pid, 'cwd', prefix)
  if (cwd === null) return (await processOf(pid)) === null ? { is: 'stale', pid } : { is: 'unknown', pid }
  const program = await procLink(pid, 'exe', prefix)
  const isServer =
    cwd === (await realpath(dataDir)) && (program === null || /\/postgres( \(deleted\))?$/.test(program))
  return isServer ? { is: 'running', server: { ...found, program } } : { is: 'stale', pid }
}

/** False when what every user may read of a process rules it out: another user, or a thread of the kernel. */
async function mayServe(pid: number, dataDir: string): Promise<boolean> {
  const { uid } = await stat(dataDir)
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(absent)
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(absent)
  return Number(/^Uid:\s+\d+\s+(\d+)/m.exec(status ?? '')?.[1]) === uid && command !== ''
}

/** The server that /proc proves to run on a data directory, if any. */
export async function serverOf(dataDir: string, prefix: string[]): Promise<Postmaster | null> {
  const verdict = await judgePid(dataDir, prefix)
  return verdict.is === 'running' ? verdict.server : null
}

/**
 * Ends what a dead server, or an initdb whose Waybill was killed, left at work on a data directory: while one of its
 * processes lives, its shared memory keeps a new server from starting.
 */
export async function endOrphans(dataDir: string, prefix: string[], patience: Patience): Promise<void> {
  const deadline = performance.now() + patience.stop
  for (;;) {
    const left = await orphans(dataDir, prefix)
    if (left.length === 0) return
    for (const pid of left) signalled(pid, performance.now() > deadline ? 'SIGKILL' : 'SIGQUIT')
    await sleep(patience.poll)
  }
}

async function orphans(dataDir: string, prefix: string[]): Promise<number[]> {
  const real = await realpath(dataDir)
  const found: number[] = []
  for (const name of await readdir('/proc').catch(() => [])) {
    const pid = Number(name)
    if (!Number.isInteger(pid)) continue
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (!/^postgres:|\/bin\/(postgres|initdb)/.test(command)) continue
    const works =
      command.split('\0').includes(`--pgdata=${real}`) || (await procLink(pid, 'cwd', prefix)) === real
    if (works && (await processOf(pid))) found.push(pid)
  }
  return found
}

/** The process that lives under an id; null when there is none, or a zombie, which is dead though its id is taken. */
export async function processOf(pid: number): Promise<Process | null> {
  if (!hasProc) return signalled(pid, 0) ? { pid, born: '' } : null
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(absent)
  if (line === null) return null
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' || fields[0] === 'X' ? null : { pid, born: fields[19]! }
}

export async function lives({ pid, born }: Process): Promise<boolean> {
  return (await processOf(pid))?.born === born
}

/** Sends a signal, 0 to ask only; false when there is no such process. */
export function signalled(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'ESRCH') return false
    if (code === 'EPERM' && signal === 0) return true
    throw error
  }
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
