import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type ClockServer, serveClock } from '../support/clock-server.ts'
import { newHome, startCommand, until, waybill } from '../support/command.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let home: string
let removeHome: () => Promise<void>
let clock: ClockServer
let database: TestDatabase
beforeEach(async () => {
  ;({ home, remove: removeHome } = await newHome())
  clock = await serveClock(new Date('2031-02-03T04:05:06Z'))
  database = await testDatabase()
})
afterEach(async () => {
  await clock.close()
  await database.drop()
  await removeHome()
})

const environment = () => ({ WAYBILL_HOME: home, DATABASE_URL: database.url, ...clock.env })

describe('the test clock', () => {
  test.each([
    ['start', 'production'],
    ['server', ''],
    ['worker', 'development'],
    ['demo', 'Test'],
    ['backup', 'tests'],
  ])('is refused outside tests: waybill %s, NODE_ENV=%j', async (command, mode) => {
    const args = command === 'backup' ? [command, `${home}/file`] : [command]
    const { code, stdout, stderr } = await waybill(args, { ...environment(), NODE_ENV: mode })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringContaining('WAYBILL_TEST_CLOCK is set: Waybill would not live in real time. Unset it.'),
    ])
  })

  test('gives all processes its time, and tells them its moves', async () => {
    const startedAt = async (role: string) =>
      (
        await database.pool.query<{ started_at: Date }>('SELECT started_at FROM workers WHERE role = $1', [
          role,
        ])
      ).rows[0]?.started_at.toISOString()
    const worker = await startCommand(['worker'], environment())
    expect(await startedAt('worker')).toBe('2031-02-03T04:05:06.000Z')
    clock.moveTo(new Date('2031-05-01T00:00:00Z'))
    const server = await startCommand(['server', '--port', '0'], environment())
    expect(await startedAt('server')).toBe('2031-05-01T00:00:00.000Z')

    const opened = async (link: string) => (await fetch(link, { redirect: 'manual' })).status
    const { link } = JSON.parse((await waybill(['link', '--json'], environment())).stdout) as { link: string }
    clock.moveTo(new Date('2031-05-01T01:00:01Z'))
    await until('the end of the link', async () => (await opened(link)) === 410)
    await Promise.all([worker.stop(), server.stop()])
  })

  test('ends the processes that live by it when it is gone', async () => {
    const worker = await startCommand(['worker'], environment())
    await clock.close()
    expect(await worker.ended).toBe(1)
    expect(worker.stderr()).toContain('does not answer')
  })
})
