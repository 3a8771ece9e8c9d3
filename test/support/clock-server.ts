import { rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { randomUUID } from 'node:crypto'

/** A clock for many processes, which moves only when a test says so. */
export interface ClockServer {
  now(): Date
  /** Moves the clock, and tells everyone who follows it. */
  moveTo(time: Date): void
  /** What a process needs in its environment to live by it. */
  env: { WAYBILL_TEST_CLOCK: string; NODE_ENV: 'test' }
  close(): Promise<void>
}

/** Serves a clock on a unix socket: a line with milliseconds since 1970 on connecting, and with each move. */
export async function serveClock(start: Date): Promise<ClockServer> {
  let time = start
  const followers = new Set<Socket>()
  const address = path.join(os.tmpdir(), `waybill-clock-${randomUUID()}.sock`)
  const server = createServer((socket) => {
    followers.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => followers.delete(socket))
    socket.write(`${time.getTime()}\n`)
  })
  await new Promise<void>((resolve) => server.listen(address, resolve))
  return {
    now: () => time,
    moveTo: (to) => {
      time = to
      for (const socket of followers) socket.write(`${to.getTime()}\n`)
    },
    env: { WAYBILL_TEST_CLOCK: address, NODE_ENV: 'test' },
    close: async () => {
      for (const socket of followers) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
      await rm(address, { force: true })
    },
  }
}
