import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import path from 'node:path'
import { command } from '../../support/package.ts'
import { lives, signal } from '../program.ts'

/** A server or worker of Waybill with its supervisor, which the storm kills and starts again. */
export interface Process {
  role: 'server' | 'worker'
  /** The process that does the work; null while there is none. */
  pid(): number | null
  /** kill -9 of the working process alone. False when there was none. */
  killChild(): boolean
  /** kill -9 of it and its supervisor at one stroke; then another start. */
  killAll(): void
  /** Resolves when everything is gone. */
  end(): Promise<void>
}

export function runProcess(
  role: 'server' | 'worker',
  { env, home, log }: { env: NodeJS.ProcessEnv; home: string; log: string },
): Process {
  let said = ''
  let ending = false
  let child = launch()

  function launch() {
    said = ''
    const started = spawn(
      process.execPath,
      [command, role, ...(role === 'server' ? ['--port', '0'] : []), '--json'],
      {
        env,
        // A process group of its own, so that one signal reaches all of it and nothing else.
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    const output = createWriteStream(log, { flags: 'a' })
    started.stdout.on('data', (text: Buffer) => (said += text.toString()))
    started.stdout.pipe(output, { end: false })
    started.stderr.pipe(output, { end: false })
    started.on('exit', () => {
      // What gave up by itself would be started again by whatever runs it; that it did is in the log.
      if (!ending && started === child) child = launch()
    })
    return started
  }

  const pid = (): number | null => {
    const last = role === 'server' ? announced(home) : Number([...said.matchAll(/"pid": (\d+)/g)].at(-1)?.[1])
    return last && lives(last) ? last : null
  }
  return {
    role,
    pid,
    killChild: () => {
      const working = pid()
      if (working !== null) signal(working, 'SIGKILL')
      return working !== null
    },
    killAll: () => {
      const old = child
      child = launch()
      signal(-old.pid!, 'SIGKILL')
    },
    end: async () => {
      ending = true
      const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null
      signal(-child.pid!, 'SIGKILL')
      await ended
    },
  }
}

interface Announced {
  url: string
  pid: number
}

function readAnnounced(home: string): Announced | null {
  const file = path.join(home, 'server.json')
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Announced) : null
}

const announced = (home: string): number | undefined => readAnnounced(home)?.pid

/** Where the server of this home is, as it says itself; null before its first start. */
export const urlOf = (home: string): string | null => readAnnounced(home)?.url ?? null

/** Which of these processes holds the local end of the TCP connection from this port of 127.0.0.1. */
export function ownerOf(port: number, processes: Process[]): Process | null {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const row = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find((fields) => fields[1] === local)
  const socket = `socket:[${row?.[9]}]`
  return processes.find((one) => holds(one.pid(), socket)) ?? null
}

function holds(pid: number | null, socket: string): boolean {
  if (pid === null) return false
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => linkOf(`/proc/${pid}/fd/${fd}`) === socket)
  } catch {
    return false
  }
}

/** A file may be closed between the listing and the look. */
function linkOf(file: string): string | null {
  try {
    return readlinkSync(file)
  } catch {
    return null
  }
}
