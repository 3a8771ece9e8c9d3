import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { baseUrl } from '../../src/connectors/netsuite/config.ts'
import { netsuite } from '../../src/connectors/netsuite/index.ts'
import { key, valid } from '../support/certificates.ts'
import { offsetBetween, toLocal, toUtc } from '../../src/connectors/netsuite/time-zone.ts'

const privateKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
})
const credentials = { clientId: 'c', certificateId: 'k', privateKey }
const parse = (given: object = {}) =>
  netsuite.config.safeParse({ account: '1234567_SB1', credentials, ...given })
const good = (given: object = {}) => {
  const parsed = parse(given)
  if (!parsed.success) throw parsed.error
  return parsed.data
}

describe('until when the credentials are valid', () => {
  const of = (given: object) => netsuite.validity!(good({ credentials: { ...credentials, ...given } }))

  it('is what a person says, or what the certificate says and NetSuite allows', () => {
    expect(of({})).toEqual({ endsAt: null })
    expect(of({ validUntil: '2027-05-01' })).toEqual({ endsAt: new Date('2027-05-01T00:00:00Z') })
    // It is for a hundred years from 2020 on: NetSuite takes it for two.
    const pair = { privateKey: key, certificate: valid }
    expect(of(pair)).toEqual({ endsAt: new Date('2022-01-01T00:00:00Z') })
    expect(of({ ...pair, validUntil: '2021-06-01' })).toEqual({ endsAt: new Date('2021-06-01T00:00:00Z') })
    expect(of({ ...pair, certificate: valid.replaceAll('\n', '\\n') })).toEqual(of(pair))
  })

  it('does not matter to tokens, which do not end', () => {
    const tokens = { consumerKey: 'a', consumerSecret: 'b', tokenId: 'c', tokenSecret: 'd' }
    expect(netsuite.validity!(good({ credentials: tokens }))).toBeNull()
  })

  it.each([
    [{ validUntil: '1 May 2027' }, 'must be a day such as 2027-05-01'],
    [{ validUntil: '2027-02-30' }, 'must be a day such as 2027-05-01'],
    [{ certificate: 'cert.pem' }, 'is no certificate in PEM form'],
    [{ certificate: valid }, 'is not the certificate of this private key'],
  ])('is refused where it makes no sense: %#', (given, message) => {
    const parsed = parse({ credentials: { ...credentials, ...given } })
    expect(JSON.stringify(parsed.error?.issues)).toContain(message)
  })
})

describe('the configuration', () => {
  it('needs an account and credentials, and knows the rest', () => {
    const config = good()
    expect(baseUrl(config)).toBe('https://1234567-sb1.suitetalk.api.netsuite.com')
    expect(netsuite.limits(config)).toEqual({ concurrency: 5 })
    expect(netsuite.timing(config)).toEqual({ timeoutMs: 60_000, requestLimitMs: 900_000, settleMs: 0 })
    expect(netsuite.timing(good({ timeout: '1s', requestLimit: '2s' }))).toEqual({
      timeoutMs: 1000,
      requestLimitMs: 2000,
      settleMs: 0,
    })
  })

  it.each([
    ['1234567', 'https://1234567.suitetalk.api.netsuite.com'],
    ['1234567-sb2', 'https://1234567-sb2.suitetalk.api.netsuite.com'],
    ['TSTDRV1234567', 'https://tstdrv1234567.suitetalk.api.netsuite.com'],
    ['1234567_RP', 'https://1234567-rp.suitetalk.api.netsuite.com'],
  ])('spells the host of account %s', (account, url) => {
    expect(baseUrl(good({ account }))).toBe(url)
  })

  it('leads to the record in the account, or at another address', () => {
    expect(netsuite.recordUrl(good(), '77')).toBe(
      'https://1234567-sb1.app.netsuite.com/app/accounting/transactions/salesord.nl?id=77',
    )
    expect(netsuite.recordUrl(good({ url: 'http://127.0.0.1:9000/' }), '77')).toBe(
      'http://127.0.0.1:9000/app/accounting/transactions/salesord.nl?id=77',
    )
  })

  it.each([
    [{ account: '12 34' }, 'account'],
    [{ url: 'ftp://x' }, 'url'],
    [{ concurrency: 0 }, 'concurrency'],
    [{ timeout: '60' }, 'timeout'],
    [{ requestLimit: 900 }, 'requestLimit'],
    [{ timeZone: 'Mars/Base' }, 'timeZone'],
    [{ credentials: { ...credentials, privateKey: 'not a key' } }, 'credentials'],
    [{ credentials: { ...credentials, consumerKey: 'both' } }, 'credentials'],
    [{ credentials: { consumerKey: 'a', consumerSecret: 'b', tokenId: 'c' } }, 'credentials'],
    [{ acount: 'x' }, undefined],
  ])('refuses %o', (given, field) => {
    const parsed = parse(given)
    expect(parsed.success).toBe(false)
    expect(parsed.error?.issues[0]?.path[0]).toBe(field)
  })

  it('says what is wrong with a key', () => {
    const message = JSON.stringify(parse({ credentials: { ...credentials, privateKey: 'x' } }).error?.issues)
    expect(message).toContain('BEGIN PRIVATE KEY')
  })
})

describe('the mapping', () => {
  it.each([
    { items: { bySku: { MUG: 'mug' } } },
    { items: { byKind: { fees: 1 } } },
    { shipping: { methods: { flat: 'stop' } } },
    { tax: { mode: 'vat' } },
    { fields: { memo: 'order.number' } },
    { fields: { custbody_x: 'order' } },
    { defaults: { orderStatus: 'C' } },
    { skuField: 'itemId' },
  ])('refuses %o', (given) => {
    expect(netsuite.mapping.safeParse(given).success).toBe(false)
  })

  it('sets the code for no tax, and items of every kind, as fixes', () => {
    const fix = (action: 'map_tax' | 'map_item_kind', subject: string) =>
      netsuite.applyFix(netsuite.mapping.parse({}), { action, subject, value: '5' })
    expect(fix('map_tax', 'none')).toMatchObject({ tax: { none: '5' } })
    expect(fix('map_tax', 'DE:19')).toMatchObject({ tax: { codes: { 'DE:19': '5' } } })
    expect(fix('map_item_kind', 'tax')).toMatchObject({ tax: { item: '5' } })
    expect(fix('map_item_kind', 'gift_card')).toMatchObject({ items: { byKind: { gift_card: '5' } } })
    expect(fix('map_item_kind', 'Loose tea, 50 g')).toMatchObject({ items: { byKind: { withoutSku: '5' } } })
  })
})

interface Described {
  description?: string
  properties?: Record<string, Described>
  anyOf?: Described[]
}

/** Paths of the fields that nothing is said about. */
const silent = (schema: Described, path = ''): string[] =>
  [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
      ...(field.description || field.properties ? [] : [`${path}${name}`]),
      ...silent(field, `${path}${name}.`),
    ]),
    ...(schema.anyOf ?? []).flatMap((each) => silent(each, path)),
  ].filter(Boolean)

describe('a person who sets NetSuite up', () => {
  it.each([
    ['connection', netsuite.config],
    ['mapping', netsuite.mapping],
  ])('reads what every field of the %s is for', (_, schema) => {
    const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' })
    expect(silent(json as Described)).toEqual([])
  })
})

describe("times in the account's zone", () => {
  it.each([
    ['2026-03-02 02:00:00', '2026-03-02T10:00:00Z', 'UTC-8'],
    ['2026-03-02 15:30:05', '2026-03-02T10:00:00Z', 'UTC+5:30'],
    ['2026-03-02 10:00:00', '2026-03-02T10:00:00Z', 'UTC'],
    ['2026-03-01 10:00:00', '2026-03-02T10:00:00Z', null],
    ['3/2/2026', '2026-03-02T10:00:00Z', null],
  ])('%s beside %s means %s', (local, utc, zone) => {
    expect(offsetBetween(local, utc)).toBe(zone)
  })

  it.each(['UTC-8', 'UTC+5:30', 'UTC', 'Europe/Berlin', null])('go there and back: %s', (zone) => {
    expect(toUtc(toLocal('2026-07-01T22:15:30Z', zone), zone)).toBe('2026-07-01T22:15:30Z')
  })

  it('follow the clocks of a named zone', () => {
    expect(toLocal('2026-03-29T00:30:00Z', 'Europe/Berlin')).toBe('2026-03-29 01:30:00')
    expect(toLocal('2026-03-29T01:30:00Z', 'Europe/Berlin')).toBe('2026-03-29 03:30:00')
  })
})
