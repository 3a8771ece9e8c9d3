import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Ctx, Http, HttpRequest, HttpResponse, Outcome } from '../../src/connectors/contract.ts'
import { createHttp, type Transport } from '../../src/connectors/http.ts'
import { netsuite, type NetSuiteConfig } from '../../src/connectors/netsuite/index.ts'
import { woocommerce } from '../../src/connectors/woocommerce/index.ts'
import { equals } from '../../src/order/money.ts'
import type { Order } from '../../src/order/order.ts'
import { totalsDifference } from '../../src/order/totals.ts'
import { ok } from '../../src/result.ts'
import {
  emptySeed,
  seedFromOrders,
  startSandboxNetSuite,
  type SandboxNetSuite,
  type SeedData,
} from '../../src/sandbox/netsuite/index.ts'
import { movableClock } from '../support/chance.ts'
import { line, orderOf } from '../support/orders.ts'

const seed: SeedData = {
  ...emptySeed,
  subsidiaries: [
    { id: 1, name: 'Parent', currency: 1, country: 'US' },
    { id: 2, name: 'Daughter', parent: 1, currency: 2, country: 'DE' },
  ],
  items: [
    { id: 1, itemId: 'MUG', upc: '4006381333931', externalId: 'mug-1' },
    { id: 2, itemId: 'O\'Brien\'s "best" -- 100% \\ tea', externalId: 'tea' },
    { id: 3, itemId: 'Straße', externalId: 'x' },
    { id: 4, itemId: 'DOUBLE', upc: '1' },
    { id: 5, itemId: 'DOUBLE-TOO', upc: '1' },
    { id: 6, itemId: 'HIDDEN', upc: '2', inactive: true },
    { id: 7, itemId: 'SHOWN', upc: '2' },
  ],
  customers: [
    {
      firstName: 'Ada',
      lastName: 'One',
      email: 'Ada@Example.com',
      subsidiary: { id: '1' },
      currency: { id: '1' },
    },
    { firstName: 'Twin', lastName: 'A', email: 'twin@example.com', subsidiary: { id: '1' } },
    { firstName: 'Twin', lastName: 'B', email: 'twin@example.com', subsidiary: { id: '1' } },
    { firstName: 'Both', lastName: 'Sides', email: 'both@example.com', subsidiary: { id: '1' } },
    { firstName: 'Both', lastName: 'Sides 2', email: 'both@example.com', subsidiary: { id: '2' } },
    {
      firstName: 'Gone',
      lastName: 'Away',
      email: 'gone@example.com',
      subsidiary: { id: '1' },
      isInactive: true,
    },
    { companyName: 'Taken Name', subsidiary: { id: '1' } },
  ],
}

const clock = movableClock('2026-03-02T10:00:00Z')
let sandbox: SandboxNetSuite
const transports: Transport[] = []

function context(given: object = {}, through: (http: Http) => Http = (http) => http): Ctx<NetSuiteConfig> {
  const { clientId, certificateId, privateKey } = sandbox.credentials.oauth2
  const config = netsuite.config.parse({
    account: sandbox.account,
    url: sandbox.url,
    credentials: { clientId, certificateId, privateKey },
    timeout: '2s',
    ...given,
  })
  const http = createHttp({
    timeoutMs: 2000,
    limits: netsuite.limits(config),
    allowHosts: ['127.0.0.1'],
    now: clock.now,
  })
  transports.push(http)
  return {
    config,
    http: through(http),
    now: clock.now,
    randomId: randomUUID,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    signal: new AbortController().signal,
    memory: new Map(),
  }
}

beforeAll(async () => {
  sandbox = await startSandboxNetSuite({
    port: 0,
    now: clock.now,
    seed,
    timeZone: 'Europe/Berlin',
    concurrency: 20,
  })
})
afterAll(async () => {
  await Promise.all(transports.map((transport) => transport.close()))
  await sandbox.close()
})

function value<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value
  throw new Error(`${outcome.error.kind}: ${outcome.error.problems.map((each) => each.detail).join('; ')}`)
}

/** NetSuite's refusal with this text. */
const answerOf = (request: HttpRequest, detail: string): HttpResponse => ({
  status: 400,
  headers: {},
  url: request.url,
  body: JSON.stringify({ 'o:errorDetails': [{ detail, 'o:errorCode': 'USER_ERROR' }] }),
})

let count = 0
const eid = (what: string) => `wb_${what}_test_${++count}`
const dollars = (lines: Order['lines'], given: Partial<Order> = {}) =>
  orderOf(lines, { currency: 'USD', ...given })
const buyer = (email: string | null, name = 'Ada One', company: string | null = null): Partial<Order> => ({
  customer: { id: null, name, company, email, phone: null },
  billing: null,
  shipping: null,
})
const sentTo = (path: string) => sandbox.control.requests().filter((entry) => entry.path.includes(path))

async function lookupsFor(order: Order, mapping: unknown = {}, ctx = context(), customer = eid('c')) {
  return value(await netsuite.lookups(ctx, order, netsuite.mapping.parse(mapping), customer))
}

async function draftOf(ctx: Ctx<NetSuiteConfig>, order: Order, customer = eid('c'), mapping: unknown = {}) {
  const by = netsuite.mapping.parse(mapping)
  const lookups = value(await netsuite.lookups(ctx, order, by, customer))
  const prepared = netsuite.prepare({
    order,
    mapping: by,
    lookups,
    externalId: eid('o'),
    customerExternalId: customer,
  })
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.error))
  return prepared.value
}

describe('items', () => {
  it('of an order are looked up with one query, and not again for a while', async () => {
    const ctx = context()
    const order = dollars([
      line('1', { sku: 'MUG', net: '1' }),
      line('2', { sku: 'O\'Brien\'s "best" -- 100% \\ tea', net: '1' }),
    ])
    sandbox.control.clearRequests()
    const first = await lookupsFor(order, {}, ctx)
    expect(first.items).toMatchObject({ MUG: [{ id: '1' }], [order.lines[1]!.sku!]: [{ id: '2' }] })
    const queries = () => sentTo('suiteql').filter((entry) => entry.body.includes('FROM item'))
    expect(queries()).toHaveLength(1)
    await lookupsFor(order, {}, ctx)
    expect(queries()).toHaveLength(1)
    clock.advance(11 * 60_000)
    await lookupsFor(order, {}, ctx)
    expect(queries()).toHaveLength(2)
  })

  it.each([
    ['upcCode', '4006381333931', ['1']],
    ['externalId', 'mug-1', ['1']],
    ['itemId', 'mug', ['1']],
    ['itemId', 'STRASSE', []],
    ['upcCode', '1', ['4', '5']],
    ['upcCode', '2', ['7']],
    ['itemId', "' OR 1=1 --", []],
  ])('are found by %s "%s"', async (skuField, sku, ids) => {
    const { items } = await lookupsFor(dollars([line('1', { sku, net: '1' })]), { items: { skuField } })
    expect(items[sku]?.map((item) => item.id)).toEqual(ids)
  })

  it('looked up by a field that the account does not have are a mistake of the route', async () => {
    const order = dollars([line('1', { sku: 'MUG', net: '1' })])
    const mapping = netsuite.mapping.parse({ items: { skuField: 'custitem_shop_sku' } })
    const outcome = await netsuite.lookups(context(), order, mapping, eid('c'))
    expect(outcome).toMatchObject({
      ok: false,
      error: {
        kind: 'rejected',
        problems: [{ code: 'invalid_reference', subject: 'the item field custitem_shop_sku' }],
      },
    })
  })
})

describe('customers', () => {
  const found = async (given: Partial<Order>, mapping: unknown = {}, currency = 'USD') =>
    (await lookupsFor(dollars([line('1', { sku: 'MUG', net: '1' })], { ...given, currency }), mapping))
      .customer

  it('are found by e-mail, however it is written', async () => {
    expect(await found(buyer('ADA@example.com'))).toMatchObject({
      kind: 'found',
      name: 'Ada One',
      inSubsidiary: true,
    })
    expect(await found(buyer("o'hara@example.com"))).toEqual({ kind: 'none' })
    expect(await found(buyer(null))).toEqual({ kind: 'none' })
  })

  it('that share an address are ambiguous, unless their subsidiary tells them apart', async () => {
    expect(await found(buyer('twin@example.com'))).toMatchObject({
      kind: 'ambiguous',
      email: 'twin@example.com',
    })
    expect(await found(buyer('both@example.com'), { defaults: { subsidiary: 2 } }, 'EUR')).toMatchObject({
      kind: 'found',
      name: 'Both Sides 2',
      inSubsidiary: true,
    })
  })

  it('that are inactive are not found by e-mail', async () => {
    expect(await found(buyer('gone@example.com'))).toEqual({ kind: 'none' })
  })

  it('tell whether they fit the subsidiary and the currency (failure mode 40), also when a person adds them', async () => {
    const in2 = { defaults: { subsidiary: 2 } }
    const fits = async () => {
      const customer = await found(buyer('ada@example.com'), in2, 'EUR')
      return customer.kind === 'found' ? [customer.inSubsidiary, customer.hasCurrency] : customer.kind
    }
    expect(await fits()).toEqual([false, false])
    sandbox.control.changeCustomer('Ada One', { subsidiary: '2' })
    expect(await fits()).toEqual([true, false])
    sandbox.control.changeCustomer('Ada One', { currency: 'EUR' })
    expect(await fits()).toEqual([true, true])
  })

  it('are made once and found by their external id from then on', async () => {
    const ctx = context()
    const id = eid('c')
    const order = dollars([line('1', { sku: 'MUG', net: '1' })], buyer('new@example.com', 'Nea Nova'))
    const draft = await draftOf(ctx, order, id)
    value(await netsuite.create(ctx, draft))
    expect(sandbox.records.customers().find((customer) => customer.externalId === id)?.name).toBe('Nea Nova')
    const again = await lookupsFor(order, {}, ctx, id)
    expect(again.customer).toMatchObject({ kind: 'found', name: 'Nea Nova' })
    sandbox.control.changeCustomer(id, { inactive: true })
    netsuite.forget(ctx.memory)
    expect((await lookupsFor(order, {}, ctx, id)).customer).toMatchObject({ kind: 'found', inactive: true })
  })

  it('whose name is taken get the order number behind it', async () => {
    const refusing =
      (http: Http): Http =>
      async (request) => {
        const body = request.body ?? ''
        if (!request.url.endsWith('/customer') || body.includes('entityId')) return http(request)
        return ok(answerOf(request, 'A customer record with this ID already exists.'))
      }
    const ctx = context({}, refusing)
    const order = dollars([line('1', { sku: 'MUG', net: '1' })], {
      ...buyer(null, '', 'Taken Name'),
      number: 'N-77',
    })
    const id = eid('c')
    value(await netsuite.create(ctx, await draftOf(ctx, order, id)))
    expect(sandbox.records.customers().find((customer) => customer.externalId === id)?.name).toBe(
      'Taken Name N-77',
    )
  })

  it('whose creation lost its answer are not made twice', async () => {
    const ctx = context()
    const id = eid('c')
    const order = dollars([line('1', { sku: 'MUG', net: '1' })], buyer('lost@example.com', 'Lost Answer'))
    const draft = await draftOf(ctx, order, id)
    sandbox.control.fault({ kind: 'loseAnswer', times: 1, path: 'customer' })
    const lost = await netsuite.create(ctx, draft)
    sandbox.control.clearFaults()
    expect(lost).toMatchObject({ ok: false, error: { kind: 'unknown_outcome' } })
    expect(lost.ok ? '' : lost.error.problems[0].detail).toMatch(/^Creating the customer: /)
    value(await netsuite.create(ctx, draft))
    expect(sandbox.records.customers().filter((customer) => customer.externalId === id)).toHaveLength(1)
  })
})

describe('signing in', () => {
  it('survives tokens that NetSuite forgot', async () => {
    const ctx = context()
    value(await netsuite.find(ctx, 'wb_none'))
    clock.advance(120_000)
    sandbox.control.expireTokens()
    expect(value(await netsuite.find(ctx, 'wb_none'))).toBeNull()
    const draft = await draftOf(
      ctx,
      dollars([line('1', { sku: 'MUG', net: '1' })], buyer('new2@example.com')),
    )
    clock.advance(120_000)
    sandbox.control.expireTokens()
    expect((await netsuite.create(ctx, draft)).ok).toBe(true)
  })

  it('that is revoked is a matter of credentials, at once (failure mode 24)', async () => {
    const ctx = context()
    value(await netsuite.find(ctx, 'wb_none'))
    sandbox.control.revoke(true)
    sandbox.control.clearRequests()
    const outcome = await netsuite.find(ctx, 'wb_none')
    sandbox.control.revoke(false)
    expect(outcome).toMatchObject({
      ok: false,
      error: { kind: 'auth', problems: [{ code: 'credentials_refused' }] },
    })
    expect(sentTo('').length).toBeLessThanOrEqual(2)
  })

  it('with a token (TBA) works and is warned of', async () => {
    const ctx = context({ credentials: sandbox.credentials.tba })
    const identity = value(await netsuite.identify(ctx))
    expect(identity).toMatchObject({ id: '1234567_SB1', name: 'Parent', currency: 'USD' })
    expect(identity.warnings.join()).toContain('2027.1')
    expect(value(await netsuite.identify(context())).warnings).toEqual([])
  })
})

describe('requests', () => {
  it('make misspelt properties errors, name no language (failure mode 29), and ask SuiteQL for its answer at once', async () => {
    const sent: HttpRequest[] = []
    const watching =
      (http: Http): Http =>
      (request) => {
        if (!request.url.includes('/oauth2/')) sent.push(request)
        return http(request)
      }
    const ctx = context({}, watching)
    const order = dollars([line('1', { sku: 'MUG', net: '1' })], buyer('w@example.com', 'Wim W'))
    value(await netsuite.create(ctx, await draftOf(ctx, order)))
    expect(sent.length).toBeGreaterThan(3)
    for (const { url, headers = {} } of sent) {
      expect(headers).toMatchObject({ 'x-netsuite-propertynamevalidation': 'Error' })
      expect(headers).not.toHaveProperty('accept-language')
      expect(headers['prefer']).toBe(url.includes('suiteql') ? 'transient' : undefined)
    }
  })
})

describe('the account', () => {
  it('whose role misses a permission is told which', async () => {
    const blind =
      (http: Http): Http =>
      (request) =>
        request.body?.includes('FROM item') === true
          ? Promise.resolve(ok(answerOf(request, "Search error occurred: Record 'item' was not found.")))
          : http(request)
    expect(await netsuite.identify(context({}, blind))).toMatchObject({
      ok: false,
      error: { kind: 'auth', problems: [{ code: 'permission_missing', subject: 'Lists > Items' }] },
    })
  })

  it("tells its zone by comparing SuiteQL's times with the record's", async () => {
    const ctx = context()
    value(
      await netsuite.create(
        ctx,
        await draftOf(ctx, dollars([line('1', { sku: 'MUG', net: '1' })], buyer('z@example.com'))),
      ),
    )
    expect(value(await netsuite.identify(context())).timeZone).toBe('UTC+1')
    expect(value(await netsuite.identify(context({ timeZone: 'Europe/Berlin' }))).timeZone).toBe(
      'Europe/Berlin',
    )
  })
})

describe('creating', () => {
  it('finds the record where a good answer names none', async () => {
    const nameless =
      (http: Http): Http =>
      async (request) => {
        const answer = await http(request)
        if (answer.ok) delete answer.value.headers['location']
        return answer
      }
    const ctx = context({}, nameless)
    const draft = await draftOf(ctx, dollars([line('1', { sku: 'MUG', net: '1' })], buyer('n@example.com')))
    const ref = value(await netsuite.create(ctx, draft))
    expect(ref.number).toMatch(/^SO/)
    expect(sandbox.records.order(ref.id)?.externalId).toBe(draft.externalId)
  })

  it('that was answered with a web page has an unknown outcome', async () => {
    const ctx = context()
    const draft = await draftOf(
      ctx,
      dollars([line('1', { sku: 'MUG', net: '1' })], buyer('p@example.com', 'Pat')),
    )
    sandbox.control.fault({ kind: 'webPage', times: 1, method: 'POST', path: 'salesOrder' })
    const outcome = await netsuite.create(ctx, draft)
    sandbox.control.clearFaults()
    expect(outcome).toMatchObject({ ok: false, error: { kind: 'unknown_outcome' } })
  })

  it('misses a mandatory field with a problem that names it', async () => {
    const ctx = context()
    const draft = await draftOf(
      ctx,
      dollars([line('1', { sku: 'MUG', net: '1' })], buyer('m@example.com', 'Mia M')),
    )
    sandbox.control.addMandatoryField({ field: 'custbody_delivery_phone', label: 'Delivery Phone' })
    const outcome = await netsuite.create(ctx, draft)
    sandbox.control.removeMandatoryField('custbody_delivery_phone')
    expect(outcome).toMatchObject({
      ok: false,
      error: { kind: 'rejected', problems: [{ code: 'missing_field', subject: 'Delivery Phone' }] },
    })
  })
})

describe('shipments', () => {
  it('go on behind the last one of a page, also within one second', async () => {
    const ctx = context()
    const from = clock.now().toISOString()
    const refs: string[] = []
    for (const number of [1, 2, 3]) {
      const order = dollars(
        [line('1', { sku: 'MUG', net: '1' })],
        buyer(`s${number}@example.com`, `Sam S${number}`),
      )
      const ref = value(await netsuite.create(ctx, await draftOf(ctx, order)))
      sandbox.control.ship(ref.id, { tracking: `S-${number}` })
      refs.push(ref.id)
    }
    const all = value(await netsuite.shipments(ctx, { from })).shipments
    const [first, ...rest] = all.filter((shipment) => refs.includes(shipment.recordId))
    expect(new Set(all.map((shipment) => shipment.modifiedAt)).size).toBe(1)
    const changed = '2026-03-02 '.concat(
      new Intl.DateTimeFormat('de', { timeZone: 'Europe/Berlin', timeStyle: 'medium' }).format(clock.now()),
    )
    const next = value(await netsuite.shipments(ctx, { from }, { changed, id: first?.id ?? '' })).shipments
    expect(next.map((shipment) => shipment.id)).toEqual(rest.map((shipment) => shipment.id))
    expect(next).toHaveLength(2)
  })

  it('show up when their fulfilment is marked as shipped later', async () => {
    const ctx = context()
    const order = dollars([line('1', { sku: 'MUG', net: '1' })], buyer('late@example.com', 'Late L'))
    const ref = value(await netsuite.create(ctx, await draftOf(ctx, order)))
    sandbox.control.ship(ref.id, { tracking: 'L-1', carrier: 'Grüne Post' })
    const [shipment] = value(
      await netsuite.shipments(ctx, { from: clock.now().toISOString() }),
    ).shipments.filter((each) => each.recordId === ref.id)
    expect(shipment).toMatchObject({ carrier: 'Grüne Post', completesOrder: true })
    expect(shipment?.shippedAt).toBe(shipment?.modifiedAt)
  })
})

const payloads = new URL('../../../shared/payloads/woocommerce/', import.meta.url)

describe.skipIf(!existsSync(payloads))('real WooCommerce orders (../shared/payloads/woocommerce)', () => {
  const bodies = () =>
    readdirSync(payloads).flatMap((file) => {
      const text = readFileSync(new URL(file, payloads), 'utf8')
      let parsed: { data?: unknown }
      try {
        parsed = JSON.parse(text) as { data?: unknown }
      } catch {
        return []
      }
      const found = [parsed.data ?? parsed].flat() as Record<string, unknown>[]
      return found.filter((body) => body !== null && 'line_items' in body && 'total' in body)
    })

  it.each(['taxCode', 'suiteTaxOverride', 'taxItemLine'])(
    'whose totals add up arrive with the same total, with %s',
    async (mode) => {
      const orders = bodies()
      const { seed: shop, ids } = seedFromOrders(orders)
      const currencyList = { items: Object.values(ids.currencies).map((id) => ({ currency: { id } })) }
      const company = [{ companyName: 'Web customers', subsidiary: { id: '1' }, currencyList }]
      const account = await startSandboxNetSuite({
        port: 0,
        now: clock.now,
        seed: { ...shop, customers: company },
        taxEngine: mode === 'suiteTaxOverride' ? 'suiteTax' : 'legacy',
      })
      const { clientId, certificateId, privateKey } = account.credentials.oauth2
      const ctx = context({ url: account.url, credentials: { clientId, certificateId, privateKey } })
      const mapping = netsuite.mapping.parse({
        items: {
          byKind: {
            withoutSku: ids.items.custom,
            fee: ids.items.fee,
            shipping: ids.items.shipping,
            gift_card: ids.items.giftCard,
          },
        },
        customers: { fallback: 1 },
        shipping: { methods: ids.shipItems, otherwise: Object.values(ids.shipItems)[0] },
        tax: { mode, codes: ids.taxCodes, item: ids.items.tax },
      })
      const arrived: string[] = []
      for (const [at, body] of orders.entries()) {
        const read = woocommerce.toOrder({
          id: String(body['id']),
          body: JSON.stringify(body),
          modifiedAt: null,
        })
        if (!read.ok || totalsDifference(read.value) !== null) continue
        const order = read.value
        const customer = `wb_c_real_${at}`
        const lookups = value(await netsuite.lookups(ctx, order, mapping, customer))
        const prepared = netsuite.prepare({
          order,
          mapping,
          lookups,
          externalId: `wb_real_${at}`,
          customerExternalId: customer,
        })
        if (!prepared.ok) throw new Error(`${order.number}: ${JSON.stringify(prepared.error)}`)
        const ref = value(await netsuite.create(ctx, prepared.value))
        const totals = value(await netsuite.totals(ctx, ref.id))
        expect([order.number, equals(totals.total, order.total), totals.currency]).toEqual([
          order.number,
          true,
          order.currency,
        ])
        arrived.push(order.number)
      }
      await account.close()
      expect(arrived).toEqual(expect.arrayContaining(['30', '154', '159', '211', '324', '560', '960', '961']))
    },
  )
})
