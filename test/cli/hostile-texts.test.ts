import { execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { waybill } from '../support/command.ts'

/** Clears the screen, renames the window, turns the direction, moves the cursor: as ESC, C1 and bidi characters. */
const hostile = 'Eve\u001B[2J\u001B]0;gone\u0007\r\u202Eevil\u009B31m\u0000'
const forged = 'AB\u007F'
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const obeyed = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/

const order = {
  id: hostile,
  number: "1'; touch /tmp/x; '",
  connection: 'shop',
  backend: 'netsuite',
  status: 'post_error',
  label: 'Error',
  reason: hostile,
  placedAt: null,
  channelStatus: hostile,
  channelUrl: null,
  total: null,
  customer: { name: hostile, email: forged },
  record: null,
  nextAttemptAt: null,
  cancelsAt: null,
  problem: { title: hostile },
  problems: [{ title: hostile, detail: hostile, vendorMessage: hostile, cause: hostile, fix: hostile }],
  shipments: [
    { shippedAt: null, carrier: hostile, trackingNumbers: [hostile], sentAt: null, status: 'sent' },
  ],
  events: [{ at: null, text: hostile, actor: 'person' }],
}
const fingerprint = `unknown_sku:it's $(id) \`id\``
const answers: Record<string, unknown> = {
  '/orders': { items: [order], nextCursor: null },
  '/orders/1': order,
  '/orders/counts': { decisions: { changed: 0, cancelled: 0 } },
  '/problems': {
    items: [{ ...order.problems[0], scope: 'order', orders: 1, totals: [], oldest: null, fingerprint }],
    nextCursor: null,
  },
  '/why': {
    headline: hostile,
    checks: [{ name: hostile, outcome: 'ok', detail: hostile }],
    fixes: [{ action: 'post', label: hostile, command: hostile }],
  },
}

const server = createServer((request, response) => {
  const path = new URL(request.url!, 'http://x').pathname.replace('/api/v1', '')
  const found = answers[path]
  response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' })
  response.end(JSON.stringify(found ?? { title: hostile, detail: hostile, fix: hostile }))
})
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  env = { WAYBILL_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, WAYBILL_TOKEN: 'x' }
})
afterAll(() => void server.close())

describe('what a customer or a vendor wrote is shown, never obeyed by the terminal', () => {
  test.each([
    [['orders'], 'Eve'],
    [['order', '1'], 'Eve'],
    [['problems'], 'Eve'],
    [['why', '1'], 'Eve'],
    [['order', '404'], 'Eve'],
    [['cancel', '404'], 'Eve'],
  ])('waybill %j', async (args, shown) => {
    for (const more of [[], ['--json']]) {
      const { stdout, stderr } = await waybill([...args, ...more], env)
      expect(stdout + stderr).toContain(shown)
      expect(stdout + stderr).not.toMatch(obeyed)
    }
  })

  test('--json still says exactly what it is', async () => {
    const told = await waybill(['order', '1', '--json'], env)
    expect(told.json()).toEqual(order)
  })
})

test('a command to paste has a name from the shop as one word', async () => {
  const { stdout } = await waybill(['problems'], env)
  const command = /waybill (orders --problem .*)/.exec(stdout)![1]!
  const words = execFileSync('sh', ['-c', `printf '%s\\n' ${command}`], { encoding: 'utf8' })
  expect(words.trimEnd().split('\n')).toEqual(['orders', '--problem', fingerprint])
})
