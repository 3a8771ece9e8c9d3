import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { Environment } from '../environment.ts'
import { CliFailure } from '../failure.ts'

/** The time of this process. */
export interface Clock {
  now(): Date
  /** Called whenever time has moved other than by passing: what waits for a time has to look again. */
  onMove(listener: () => void): void
  /** Resolves when there is no time any more: the process has to end. */
  lost: Promise<Error>
}

const systemClock: Clock = {
  now: () => new Date(),
  onMove: () => undefined,
  lost: new Promise(() => undefined),
}

/**
 * The system's clock; in tests the one that is served at `environment.testClock`, so that hours pass for all processes
 * together in seconds. It says a time in milliseconds since 1970, UTC, on a line of its own, at first and with each move.
 */
export async function openClock({ testClock }: Pick<Environment, 'testClock'>): Promise<Clock> {
  if (testClock === null) return systemClock
  const socket = connect(testClock)
  const unreachable = () =>
    new CliFailure(`The test clock at ${testClock} does not answer`, 'Start it, or unset WAYBILL_TEST_CLOCK.')
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', () => reject(unreachable()))
  })
  return follow(socket, unreachable)
}

async function follow(socket: Socket, unreachable: () => CliFailure): Promise<Clock> {
  let time = Number.NaN
  const listeners: (() => void)[] = []
  const lines = createInterface(socket)
  const first = new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      time = Number(line)
      resolve()
      for (const listener of listeners) listener()
    })
    socket.on('close', () => reject(unreachable()))
  })
  const lost = new Promise<Error>((resolve) => {
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(unreachable()))
  })
  await first
  if (Number.isNaN(time)) throw unreachable()
  return { now: () => new Date(time), onMove: (listener) => void listeners.push(listener), lost }
}
