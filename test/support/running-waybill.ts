import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { newHome, type Ran, startCommand, waybill } from './command.ts'
import { testDatabase } from './database.ts'
import { type Outside, startOutside } from './shop-and-netsuite.ts'

export interface RunningWaybill {
  outside: Outside
  /** Runs a command of Waybill beside it, to its end. */
  run(...args: string[]): Promise<Ran>
  stop(): Promise<void>
}

/** `waybill start` in a home of its own, which carries the orders of a sandbox shop into a sandbox NetSuite. */
export async function startRunningWaybill(): Promise<RunningWaybill> {
  const { home, remove } = await newHome()
  const database = await testDatabase('template1')
  const outside = await startOutside()
  const file = path.join(home, 'waybill.yaml')
  await writeFile(file, outside.yaml)
  const started = await startCommand(['start', '--port', '0'], {
    WAYBILL_HOME: home,
    DATABASE_URL: database.url,
    WAYBILL_ALLOW_HOSTS: '127.0.0.1',
    WAYBILL_LOG: 'silent',
  })
  const run = (...args: string[]) => waybill(args, { WAYBILL_HOME: home, ...outside.env })
  const stop = async () => {
    await started.stop()
    await outside.close()
    await database.drop()
    await remove()
  }
  const applied = await run('apply', '-f', file)
  if (applied.code !== 0) {
    await stop()
    throw new Error(`waybill apply failed: ${applied.stderr}`)
  }
  return { outside, run, stop }
}
