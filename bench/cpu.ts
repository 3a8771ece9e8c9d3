import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'

/** CPU of the processes so far, and of PostgreSQL with all its children, those that ended included. Milliseconds. */
export async function cpuSoFar(of: {
  programs: number[]
  postmaster: number
}): Promise<{ node: number; postgres: number }> {
  let node = 0
  for (const pid of of.programs) node += (await ticks(pid)).own
  const master = await ticks(of.postmaster)
  let postgres = master.own + master.ofEnded
  for (const pid of childrenOf(of.postmaster)) postgres += (await ticks(pid)).own
  return { node: node * 10, postgres: postgres * 10 }
}

/** What the program and all processes of PostgreSQL that are there have used so far, to the microsecond: a clock of CPU. */
export function cpuClock(of: { program: number; postmaster: number }): () => number {
  const pids = [of.program, of.postmaster, ...childrenOf(of.postmaster)]
  return () => pids.flatMap(threadsOf).reduce((sum, ms) => sum + ms, 0)
}

/** Milliseconds of each thread; none of a process that is gone. */
function threadsOf(pid: number): number[] {
  try {
    const folder = `/proc/${pid}/task`
    return readdirSync(folder).map(
      (thread) => Number(readFileSync(`${folder}/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6,
    )
  } catch {
    return []
  }
}

function childrenOf(pid: number): number[] {
  const listed = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)])
    .toString()
    .trim()
  return listed === '' ? [] : listed.split(/\s+/).map(Number)
}

async function ticks(pid: number): Promise<{ own: number; ofEnded: number }> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const at = (n: number) => Number(fields[n] ?? 0)
  return { own: at(11) + at(12), ofEnded: at(13) + at(14) }
}
