import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type {
  Channel,
  Ctx,
  Failure,
  OrderRef,
  Outcome,
  Page,
  PlacedRef,
  Shipment,
} from '../../src/connectors/contract.ts'
import { createHttp } from '../../src/connectors/http.ts'
import type { Exchange } from '../../src/connectors/redact.ts'
import { problemCatalogue } from '../../src/order/problems.ts'
import { totalsDifference } from '../../src/order/totals.ts'
import { movableClock } from '../support/chance.ts'
import type { ChannelSandbox, ChannelUnderTest } from './channels/sandbox.ts'
import { wooCommerceUnderTest } from './channels/woocommerce.ts'

/** Every channel passes the same suite: a new one is added here, with a sandbox of its own. */
const channelsUnderTest = [wooCommerceUnderTest] as ChannelUnderTest<unknown>[]

const silent = { debug() {}, info() {}, warn() {}, error() {} }

describe.each(channelsUnderTest)(
  'the contract of the channel $channel.kind',
  ({ channel, pageSize, start }) => {
    let clock: ReturnType<typeof movableClock>
    let sandbox: ChannelSandbox<unknown>
    let ctx: Ctx<unknown>
    let exchanges: Exchange[]
    const closing: (() => Promise<void>)[] = []

    beforeEach(async () => {
      clock = movableClock('2026-11-23T09:00:00Z')
      sandbox = await start(clock)
      exchanges = []
      ctx = contextFor(sandbox.config)
    })
    afterEach(async () => {
      await Promise.all(closing.splice(0).map((close) => close()))
      await sandbox.close()
    })

    function contextFor(config: unknown, timeoutMs = channel.timeoutMs(config)): Ctx<unknown> {
      const http = createHttp({
        timeoutMs,
        limits: channel.limits(config),
        allowHosts: ['127.0.0.0/8'],
        now: clock.now,
        record: (exchange) => exchanges.push(exchange),
        secrets: secretsOf(channel, config),
      })
      closing.push(() => http.close())
      return {
        config,
        http,
        now: clock.now,
        randomId: randomUUID,
        log: silent,
        signal: new AbortController().signal,
        memory: new Map(),
      }
    }

    async function readAll(
      window: { from: string; to?: string },
      between?: (page: number) => void,
    ): Promise<OrderRef[]> {
      const refs: OrderRef[] = []
      let page: Page | undefined
      for (let turned = 0; turned < 100; turned++) {
        const read = value(await channel.changed(ctx, window, page))
        refs.push(...read.refs)
        if (!read.next) return refs
        // What a flow stores and brings back.
        page = JSON.parse(JSON.stringify(read.next)) as Page
        between?.(turned)
      }
      throw new Error('the pages never end')
    }

    const hourAgo = () => new Date(clock.now().getTime() - 3_600_000).toISOString()

    describe('configuration', () => {
      it('describes every field and names its secrets', () => {
        const schema = z.toJSONSchema(channel.config, { io: 'input' }) as {
          properties: Record<string, { description?: string }>
        }
        const bare = Object.entries(schema.properties).flatMap(([name, { description }]) =>
          description ? [] : [name],
        )
        expect(bare).toEqual([])
        for (const secret of secretsOf(channel, sandbox.config)) expect(secret).toEqual(expect.any(String))
      })

      it('has positive limits and a time-out', () => {
        expect(channel.limits(sandbox.config).concurrency).toBeGreaterThan(0)
        expect(channel.timeoutMs(sandbox.config)).toBeGreaterThan(0)
      })
    })

    describe('identify', () => {
      it('names the account by an id that stays the same', async () => {
        const first = value(await channel.identify(ctx))
        sandbox.place()
        const second = value(await channel.identify(contextFor(sandbox.config)))
        expect(first.id).not.toBe('')
        expect(second.id).toBe(first.id)
        expect(first.name).not.toBe('')
      })

      it('says of unknown credentials that they are refused, and does not repeat them', async () => {
        const failure = error(await channel.identify(contextFor(sandbox.withUnknownCredentials)))
        expect(failure.kind).toBe('auth')
        expect(failure.problems[0].detail.length).toBeGreaterThan(20)
        const told = JSON.stringify([failure, exchanges])
        for (const secret of secretsOf(channel, sandbox.withUnknownCredentials))
          expect(told).not.toContain(secret)
      })
    })

    describe('changed', () => {
      it('lists what changed, oldest change first, with the order as a fetch gives it', async () => {
        const [a, b] = [sandbox.place(), (clock.advance(2000), sandbox.place())]
        clock.advance(2000)
        sandbox.edit(a.id)
        const refs = await readAll({ from: hourAgo() })
        expect(refs.map((ref) => ref.id)).toEqual([b.id, a.id])
        for (const ref of refs) {
          const fetched = value(await channel.fetch(ctx, ref.id))
          expect(fetched?.id).toBe(ref.id)
          expect(channel.toOrder(ref.raw ?? fetched!)).toEqual(channel.toOrder(fetched!))
        }
      })

      it('reads every order once when far more of them share one second than a page holds', async () => {
        const placed = Array.from({ length: pageSize * 3 + 2 }, () => sandbox.place().id)
        const refs = await readAll({ from: hourAgo() })
        expect(refs.map((ref) => ref.id).toSorted()).toEqual(placed.toSorted())
      })

      it('skips no order when orders that were read change while the pages are turned', async () => {
        const placed = Array.from({ length: pageSize * 3 }, () => (clock.advance(1000), sandbox.place().id))
        let next = 0
        const refs = await readAll({ from: hourAgo() }, () => {
          clock.advance(1000)
          sandbox.edit(placed[next++]!)
          if (next === 1) placed.push(sandbox.place().id)
        })
        expect([...new Set(refs.map((ref) => ref.id))].toSorted()).toEqual(placed.toSorted())
      })

      it('includes an order changed at the very second the window begins with', async () => {
        const { id } = sandbox.place()
        const refs = await readAll({ from: clock.now().toISOString() })
        expect(refs.map((ref) => ref.id)).toEqual([id])
      })

      it('ends a window where it is told to', async () => {
        const inside = sandbox.place()
        const to = clock.now().toISOString()
        clock.advance(60_000)
        sandbox.place()
        expect((await readAll({ from: hourAgo(), to })).map((ref) => ref.id)).toEqual([inside.id])
      })

      it('yields nothing, and no error, from a moment in the future', async () => {
        sandbox.place()
        const future = new Date(clock.now().getTime() + 86_400_000).toISOString()
        expect(await readAll({ from: future })).toEqual([])
      })

      it('tells the time of the channel, never ours', async () => {
        sandbox.place()
        const ahead = () => new Date(clock.now().getTime() + 600_000)
        const read = value(await channel.changed({ ...ctx, now: ahead }, { from: hourAgo() }))
        const told = new Date(read.channelTime ?? clock.now()).getTime()
        expect(Math.abs(told - clock.now().getTime())).toBeLessThan(2000)
      })

      it('keeps an unreadable order among the others, and lets them pass', async () => {
        const before = sandbox.place()
        const broken = sandbox.placeUnreadable()
        const after = sandbox.place()
        const refs = await readAll({ from: hourAgo() })
        expect(refs.map((ref) => ref.id).toSorted()).toEqual([before.id, broken.id, after.id].toSorted())
        const raw = value(await channel.fetch(ctx, broken.id))
        const read = channel.toOrder(raw!)
        expect(read).toMatchObject({
          ok: false,
          error: { path: expect.stringMatching(/./), problem: { code: 'unreadable_order' } },
        })
        expect(channel.glance(raw!).number).toBe(broken.number)
      })
    })

    describe('placed', () => {
      async function readPlaced(window: { from: string; to: string }, between: () => void = () => {}) {
        const refs: PlacedRef[] = []
        let page: Page | undefined
        for (let pages = 0; pages < 60; pages++) {
          const read = value(await channel.placed(ctx, window, page))
          refs.push(...read.refs)
          if (!read.next) return refs
          page = JSON.parse(JSON.stringify(read.next)) as Page
          between()
        }
        throw new Error('the pages do not end')
      }
      const inAnHour = () => new Date(clock.now().getTime() + 3_600_000).toISOString()

      it('lists what was placed in the window, from its first second on and before its last', async () => {
        sandbox.place()
        clock.advance(1000)
        const from = clock.now().toISOString()
        const first = sandbox.place()
        clock.advance(60_000)
        const later = sandbox.place()
        clock.advance(1000)
        const to = clock.now().toISOString()
        sandbox.place()
        const refs = await readPlaced({ from, to })
        expect(refs.map((ref) => ref.id)).toEqual([first.id, later.id])
        expect(Date.parse(refs[0]!.placedAt)).toBe(Date.parse(from))
        for (const { id, raw } of refs) {
          const fetched = value(await channel.fetch(ctx, id!))
          expect(channel.toOrder(raw ?? fetched!)).toEqual(channel.toOrder(fetched!))
        }
      })

      it('finds an order by the time it was placed however late it was changed', async () => {
        const window = { from: hourAgo(), to: inAnHour() }
        const { id } = sandbox.place()
        clock.advance(30 * 86_400_000)
        sandbox.edit(id)
        expect((await readPlaced(window)).map((ref) => ref.id)).toEqual([id])
      })

      it('lists every order once when far more of them share one second than a page holds', async () => {
        const placed = Array.from({ length: pageSize * 3 + 2 }, () => sandbox.place().id)
        const refs = await readPlaced({ from: hourAgo(), to: inAnHour() })
        expect(refs.map((ref) => ref.id).toSorted()).toEqual(placed.toSorted())
      })

      it('skips no order when others go away while the pages are turned', async () => {
        const placed = Array.from({ length: pageSize * 3 }, () => (clock.advance(1000), sandbox.place().id))
        const window = { from: hourAgo(), to: inAnHour() }
        let next = 0
        const refs = await readPlaced(window, () => {
          if (next < pageSize) sandbox.remove(placed[next++]!)
        })
        expect([...new Set(refs.map((ref) => ref.id))].toSorted()).toEqual(placed.toSorted())
      })

      it('lists an order that cannot be read, and one in whatever status', async () => {
        const broken = sandbox.placeUnreadable()
        const away = sandbox.place()
        sandbox.setAside(away.id)
        const refs = await readPlaced({ from: hourAgo(), to: inAnHour() })
        expect(refs.map((ref) => ref.id).toSorted()).toEqual([broken.id, away.id].toSorted())
      })

      it('yields nothing, and no error, where nothing was placed', async () => {
        sandbox.place()
        const to = hourAgo()
        const from = new Date(Date.parse(to) - 3_600_000).toISOString()
        expect(await readPlaced({ from, to })).toEqual([])
      })
    })

    describe('fetch', () => {
      it('finds an order by its id and by its number', async () => {
        const { id, number } = sandbox.place()
        expect(value(await channel.fetch(ctx, id))?.id).toBe(id)
        expect(value(await channel.fetch(ctx, number))?.id).toBe(id)
      })

      it('says null of an order that does not exist', async () => {
        sandbox.place()
        expect(value(await channel.fetch(ctx, '987654321'))).toBeNull()
        expect(value(await channel.fetch(ctx, 'NO-SUCH-NUMBER'))).toBeNull()
      })
    })

    describe('toOrder', () => {
      it("gives an order whose lines add up to the channel's total", async () => {
        const placed = Array.from({ length: 10 }, () => sandbox.place())
        for (const { id, number } of placed) {
          const read = channel.toOrder(value(await channel.fetch(ctx, id))!)
          if (!read.ok) throw new Error(read.error.problem.detail)
          expect(totalsDifference(read.value)).toBeNull()
          expect(read.value).toMatchObject({ channelOrderId: id, number })
          expect(new Set(read.value.lines.map((line) => line.id)).size).toBe(read.value.lines.length)
        }
      })

      it('never throws, whatever it is given', () => {
        fc.assert(
          fc.property(fc.oneof(fc.string(), fc.json(), fc.constant(''), fc.constant('null')), (body) => {
            const raw = { id: '1', body, modifiedAt: null }
            expect(channel.toOrder(raw).ok).toBe(false)
            expect(channel.glance(raw)).toHaveProperty('number')
          }),
        )
      })
    })

    describe('statuses', () => {
      it('knows what a person may choose, with the usual ones chosen', async () => {
        const known = value(await channel.statuses(ctx)).map((status) => status.code)
        expect(new Set(known).size).toBe(known.length)
        expect(channel.defaultStatuses.some((status) => status.importByDefault)).toBe(true)
        for (const status of channel.defaultStatuses) expect(known).toContain(status.code)
      })
    })

    describe('trouble', () => {
      it('tells a refused connection, a broken one and a slow answer apart', async () => {
        value(await channel.statuses(ctx))
        await sandbox.down('refused')
        const refused = error(await channel.changed(ctx, { from: hourAgo() }))
        expect([refused.kind, refused.problems[0].code]).toEqual(['unavailable', 'connection_refused'])
        await sandbox.up()
        await sandbox.down('reset')
        const reset = error(await channel.changed(ctx, { from: hourAgo() }))
        expect([reset.kind, reset.problems[0].code]).toEqual(['unavailable', 'connection_lost'])
        await sandbox.up()
        sandbox.slow(2000)
        const slow = error(await channel.changed(contextFor(sandbox.config, 200), { from: hourAgo() }))
        expect([slow.kind, slow.problems[0].code]).toEqual(['unavailable', 'timed_out'])
        await sandbox.up()
        expect((await channel.changed(ctx, { from: hourAgo() })).ok).toBe(true)
      })

      it('slows down when it is asked to, for as long as it is asked to', async () => {
        sandbox.throttle(1, 17)
        const failure = error(await channel.changed(ctx, { from: hourAgo() }))
        expect(failure).toMatchObject({ kind: 'throttled', retryAfterMs: 17_000 })
      })

      it('concludes nothing from a cut answer or a web page', async () => {
        sandbox.place()
        value(await channel.changed(ctx, { from: hourAgo() }))
        sandbox.cutAnswers(20)
        expect(error(await channel.changed(ctx, { from: hourAgo() })).kind).toBe('invalid_response')
        expect(error(await channel.fetch(ctx, '4711')).kind).toBe('invalid_response')
        await sandbox.up()
        sandbox.answerWithPage(20)
        expect(['invalid_response', 'unavailable']).toContain(
          error(await channel.changed(ctx, { from: hourAgo() })).kind,
        )
        expect(['invalid_response', 'unavailable']).toContain(error(await channel.fetch(ctx, '4711')).kind)
      })

      it('explains every failure by a problem of the catalogue, about the connection', async () => {
        sandbox.throttle(1, 1)
        const failures = [error(await channel.changed(ctx, { from: hourAgo() }))]
        sandbox.answerWithPage(5)
        failures.push(error(await channel.changed(ctx, { from: hourAgo() })))
        await sandbox.up()
        await sandbox.down('reset')
        failures.push(error(await channel.changed(ctx, { from: hourAgo() })))
        for (const { problems } of failures)
          for (const problem of problems) {
            expect(problemCatalogue[problem.code].scope).toBe('connection')
            expect(problem.detail).not.toBe('')
          }
      })
    })

    describe.skipIf(channel.shipping === undefined)('shipping', () => {
      const shipping = channel.shipping!

      function shipmentOf(order: string, id: string, part: Partial<Shipment> = {}): Shipment {
        return {
          id,
          channelOrderId: order,
          carrier: 'DHL',
          trackingNumbers: ['JJD000390007799000'],
          told: null,
          trackingUrl: 'https://www.dhl.example/track?n=JJD000390007799000',
          shippedAt: clock.now().toISOString(),
          lines: sandbox
            .shippableLines(order)
            .map((line) => ({ channelLineId: line.id, sku: null, quantity: line.quantity })),
          completesOrder: true,
          ...part,
        }
      }

      it('tells the shop of a shipment once, however often it is sent', async () => {
        const { id } = sandbox.place()
        const shipment = shipmentOf(id, 'wb_s_1')
        expect(value(await shipping.find(ctx, shipment))).toBeNull()
        const sent = value(await shipping.send(ctx, shipment))
        expect(value(await shipping.find(ctx, shipment))).toEqual({ id: sent.id, upToDate: true })
        expect(value(await shipping.send(ctx, shipment))).toEqual(sent)
        expect(await sandbox.shipmentRecords(id)).toBe(1)
      })

      it('tells two parts of an order apart', async () => {
        const { id } = sandbox.place()
        const [line] = sandbox.shippableLines(id)
        const part = (shipmentId: string, completesOrder: boolean) =>
          shipmentOf(id, shipmentId, {
            completesOrder,
            lines: [{ channelLineId: line!.id, sku: null, quantity: '1' }],
          })
        const first = value(await shipping.send(ctx, part('wb_s_a', false)))
        expect(value(await shipping.find(ctx, part('wb_s_b', true)))).toBeNull()
        const second = value(await shipping.send(ctx, part('wb_s_b', true)))
        expect(second.id).not.toBe(first.id)
        expect(value(await shipping.find(ctx, part('wb_s_a', false)))).toMatchObject(first)
        expect(value(await shipping.find(ctx, part('wb_s_b', true)))).toMatchObject(second)
      })

      it('calls the outcome unknown when the answer is lost, and finds afterwards what was done', async () => {
        const { id } = sandbox.place()
        const shipment = shipmentOf(id, 'wb_s_lost', { completesOrder: false })
        sandbox.loseNextAnswer()
        expect(error(await shipping.send(ctx, shipment)).kind).toBe('unknown_outcome')
        expect(value(await shipping.find(ctx, shipment))).toMatchObject({ upToDate: true })
        value(await shipping.send(ctx, shipment))
        expect(await sandbox.shipmentRecords(id)).toBe(1)
      })

      describe('a tracking number that comes after the shop was told', () => {
        async function toldWithout() {
          const { id } = sandbox.place()
          const told = shipmentOf(id, 'wb_s_late', { trackingNumbers: [], trackingUrl: null })
          value(await shipping.send(ctx, told))
          return { id, told, now: { ...told, trackingNumbers: ['LATE-1'] } }
        }

        it('is told once, however often it is sent', async () => {
          const { id, now } = await toldWithout()
          expect(value(await shipping.find(ctx, now))).toMatchObject({ upToDate: false })
          value(await shipping.update(ctx, now))
          expect(value(await shipping.find(ctx, now))).toMatchObject({ upToDate: true })
          value(await shipping.update(ctx, now))
          expect(await sandbox.shipmentTexts(id)).toContain('LATE-1')
          expect(sandbox.shipmentWrites(id)).toBe(2)
        })

        it('takes the place of another, and may go back to it', async () => {
          const { id, now } = await toldWithout()
          value(await shipping.update(ctx, now))
          const other = {
            ...now,
            trackingNumbers: ['LATE-2'],
            told: { carrier: now.carrier, numbers: ['LATE-1'] },
          }
          expect(value(await shipping.find(ctx, other))).toMatchObject({ upToDate: false })
          value(await shipping.update(ctx, other))
          expect(value(await shipping.find(ctx, now))).toMatchObject({ upToDate: false })
          value(await shipping.update(ctx, { ...now, told: { carrier: now.carrier, numbers: ['LATE-2'] } }))
          expect(value(await shipping.find(ctx, now))).toMatchObject({ upToDate: true })
          expect(sandbox.shipmentWrites(id)).toBe(4)
        })

        it('has an unknown outcome when the answer is lost, and is found afterwards', async () => {
          const { id, now } = await toldWithout()
          sandbox.loseNextAnswer()
          expect(error(await shipping.update(ctx, now)).kind).toBe('unknown_outcome')
          expect(value(await shipping.find(ctx, now))).toMatchObject({ upToDate: true })
          value(await shipping.update(ctx, now))
          expect(sandbox.shipmentWrites(id)).toBe(2)
        })
      })

      it('says that the order is not there any more', async () => {
        const failure = error(
          await shipping.send(ctx, shipmentOf(sandbox.place().id, 'wb_s_2', { channelOrderId: '987654321' })),
        )
        expect(failure).toMatchObject({ kind: 'not_found', problems: [{ code: 'order_gone_at_channel' }] })
      })

      it('says that credentials which may only read do not reach far enough', async () => {
        if (!sandbox.setReadOnly) return
        const { id } = sandbox.place()
        sandbox.setReadOnly(true)
        const failure = error(await shipping.send(ctx, shipmentOf(id, 'wb_s_3')))
        expect(failure).toMatchObject({ kind: 'auth', problems: [{ code: 'permission_missing' }] })
        sandbox.setReadOnly(false)
      })
    })

    describe.skipIf(channel.webhooks === undefined)('webhooks', () => {
      const webhooks = channel.webhooks!

      async function receiver() {
        const deliveries: { headers: Record<string, string>; body: Buffer }[] = []
        const server = createServer((request, response) => {
          const chunks: Buffer[] = []
          request.on('data', (chunk: Buffer) => chunks.push(chunk))
          request.on('end', () => {
            deliveries.push({
              headers: request.headers as Record<string, string>,
              body: Buffer.concat(chunks),
            })
            response.end('ok')
          })
        })
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
        closing.push(() => new Promise((resolve) => void server.close(() => resolve())))
        return { deliveries, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` }
      }

      it('subscribes once, verifies what arrives, and refuses what was changed or signed by another', async () => {
        const { deliveries, url } = await receiver()
        const hook = { url, secret: 'a secret of ours' }
        expect(value(await webhooks.ensure(ctx, hook)).active).toBe(true)
        const before = sandbox.requests()
        expect(value(await webhooks.ensure(ctx, hook)).active).toBe(true)
        expect(sandbox.requests() - before).toBe(1)
        const { id } = sandbox.place()
        await sandbox.webhooksIdle()

        const verdicts = deliveries.map((delivery) => webhooks.verify(delivery, hook.secret))
        const accepted = verdicts.filter((verdict) => verdict.kind === 'accepted')
        expect(verdicts.filter((verdict) => verdict.kind === 'refused')).toEqual([])
        expect(accepted.flatMap((verdict) => verdict.orderIds)).toContain(id)
        expect(accepted.length).toBeGreaterThan(0)
        const signed = deliveries.find(
          (delivery) => webhooks.verify(delivery, hook.secret).kind === 'accepted',
        )!
        expect(webhooks.verify(signed, 'another secret').kind).toBe('refused')
        const tampered = { ...signed, body: Buffer.concat([signed.body, Buffer.from(' ')]) }
        expect(webhooks.verify(tampered, hook.secret).kind).toBe('refused')
      })
    })
  },
)

function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`a failure: ${JSON.stringify(outcome.error)}`)
  return outcome.value
}

function error(outcome: Outcome<unknown>): Failure {
  if (outcome.ok) throw new Error(`no failure: ${JSON.stringify(outcome.value)}`)
  return outcome.error
}

function secretsOf(channel: Channel<unknown>, config: unknown): string[] {
  return channel.secrets.map((path) =>
    path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], config),
  ) as string[]
}
