import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startSandboxShop, type SandboxShop } from '../../src/sandbox/shop/index.ts'
import type { ConnectionJson, StoredSettings, TryResultJson } from '../../src/server/schemas.ts'
import { tryResult } from '../../src/server/schemas.ts'
import { numbersFrom } from '../support/chance.ts'
import { type Api, json, startApi } from './support.ts'

let api: Api
let second: SandboxShop
beforeAll(async () => {
  api = await startApi({
    resolve: async (name) => {
      if (name === 'inside.example') return ['10.0.0.7']
      throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' })
    },
  })
  second = await startSandboxShop({ port: 0, now: api.world.now, random: numbersFrom(2), seed: 'empty' })
  second.control.newOrder()
})
afterAll(async () => {
  await second.close()
  await api.stop()
})
beforeEach(() => second.control.clearRequests())

const settings = (over: object = {}) => ({
  kind: 'woocommerce',
  url: second.url,
  credentials: { consumerKey: second.consumerKey, consumerSecret: second.consumerSecret },
  ...over,
})
const wrongKeys = { credentials: { consumerKey: 'ck_wrong', consumerSecret: 'cs_wrong' } }

const tried = async (body: object) =>
  tryResult.parse(await api.post<TryResultJson>('/connections/try', body)) satisfies TryResultJson
const failing = ({ checks }: TryResultJson) => checks.find(({ outcome }) => outcome === 'fail')

/** All that a test could have left behind. */
const everything = async () => {
  const { db } = api.world
  return JSON.stringify([
    await db.selectFrom('connections').selectAll().orderBy('id').execute(),
    await db.selectFrom('events').selectAll().orderBy('id').execute(),
    await db.selectFrom('gaps').selectAll().orderBy('id').execute(),
    await db.selectFrom('jobs').selectAll().orderBy('id').execute(),
    await db.selectFrom('problems').selectAll().orderBy('id').execute(),
    (await api.get<{ items: unknown[] }>('/problems')).items,
    (await api.get<{ items: unknown[] }>('/notices')).items,
  ])
}

describe('settings that are not stored', () => {
  it('are tested by what a check asks: every step, whose shop it is, and nothing else is done', async () => {
    const before = await everything()
    const result = await tried(settings())
    expect(result).toMatchObject({ ok: true, account: { name: expect.any(String) } })
    expect(result.checks.map(({ name, outcome, about }) => [name, outcome, about])).toEqual([
      ['Reachable', 'ok', 'address'],
      ['Answers as expected', 'ok', 'address'],
      ['Authorised', 'ok', 'credentials'],
      ['Permissions', 'ok', 'credentials'],
      ['Same account', 'ok', 'address'],
      ['Route', 'skipped', null],
      ['Webhooks', 'skipped', null],
    ])
    expect(second.control.webhooks()).toEqual([])
    expect(await everything()).toBe(before)
  })

  it('are warned of a key that may only read', async () => {
    second.control.setKey({ permissions: 'read' })
    const { ok, checks } = await tried(settings())
    second.control.setKey({ permissions: 'read_write' })
    expect(ok).toBe(true)
    expect(checks).toContainEqual(
      expect.objectContaining({ name: 'Note', detail: expect.stringContaining('Read/Write') }),
    )
  })

  it('with a wrong key say so of the credentials, with the remedy, and leave no problem behind', async () => {
    const before = await everything()
    const result = await tried(settings(wrongKeys))
    expect(result).toMatchObject({ ok: false, account: null })
    expect(failing(result)).toMatchObject({ name: 'Authorised', about: 'credentials' })
    expect(failing(result)!.detail).toContain('REST API')
    expect(await everything()).toBe(before)
  })

  it('of a server that does not answer, of no host, and of a host inside say so of the address', async () => {
    await second.control.down('refused')
    const refused = await tried(settings())
    await second.control.up()
    for (const result of [
      refused,
      await tried(settings({ url: 'https://nowhere.example' })),
      await tried(settings({ url: 'https://inside.example' })),
    ]) {
      expect(result.ok).toBe(false)
      expect(failing(result)).toMatchObject({ name: 'Reachable', about: 'address' })
    }
  })

  it('with a private address or a mistake are refused by field, and nothing is asked', async () => {
    const mistakes: [object, string, string][] = [
      [{ url: 'http://10.0.0.7' }, 'url', 'private address'],
      [{ url: 'http://192.168.1.1' }, 'url', 'WAYBILL_ALLOW_HOSTS'],
      [{ url: 'nonsense' }, 'url', 'Address of the shop'],
      [
        { credentials: { consumerKey: 'cs_1', consumerSecret: 'cs_1' } },
        'credentials.consumerKey',
        'other half',
      ],
      [{ credentials: { consumerKey: 'ck_1', consumerSecret: '' } }, 'credentials.consumerSecret', 'Write'],
      [{ colour: 'red' }, 'colour', 'not known'],
    ]
    for (const [over, field, words] of mistakes) {
      const answer = await api.ask('POST', '/connections/try', json(settings(over)))
      expect(answer).toMatchObject({ status: 422, body: { code: 'wrong_configuration' } })
      expect(answer.body.errors).toEqual([{ field, message: expect.stringContaining(words) }])
    }
    const unnamed = await api.ask('POST', '/connections/try', json({ ...settings(), name: 'my shop' }))
    expect(unnamed).toMatchObject({ status: 422, body: { errors: [{ field: 'name' }] } })
    expect(second.control.requests().count).toBe(0)
  })

  it('of a shop that is connected already are refused', async () => {
    await api.world.poll()
    const { shop } = api.world
    const result = await tried(
      settings({
        url: shop.url,
        credentials: { consumerKey: shop.consumerKey, consumerSecret: shop.consumerSecret },
      }),
    )
    expect(failing(result)).toMatchObject({ name: 'Same account' })
    expect(failing(result)!.detail).toContain('connection shop')
  })

  it('of NetSuite are tested too, by either way to sign in', async () => {
    const { netsuite } = api.world
    const { oauth2, tba } = netsuite.credentials
    const { clientId, certificateId, privateKey } = oauth2
    const account = { kind: 'netsuite', account: netsuite.account, url: netsuite.url }
    await api.post('/connections/netsuite/check')
    for (const credentials of [{ clientId, certificateId, privateKey }, tba]) {
      expect(failing(await tried({ ...account, credentials }))).toMatchObject({ name: 'Same account' })
      expect(await tried({ name: 'netsuite', ...account, credentials })).toMatchObject({ ok: true })
    }
    const wrong = { clientId, certificateId: 'none', privateKey }
    const refused = await tried({ ...account, credentials: wrong })
    expect(failing(refused)).toMatchObject({ name: 'Authorised', about: 'credentials' })
  })
})

describe('an edit', () => {
  const name = 'second'
  const empty = { credentials: { consumerKey: '', consumerSecret: '' } }
  beforeAll(async () => {
    await api.post('/connections', { name, ...settings({ perPage: 50 }) })
    await api.post(`/connections/${name}/check`)
  })

  it('gets the settings without their secrets', async () => {
    const stored = await api.get<StoredSettings>(`/connections/${name}/settings`)
    expect(stored).toMatchObject({
      kind: 'woocommerce',
      label: 'WooCommerce',
      settings: {
        url: second.url,
        perPage: 50,
        credentials: { consumerKey: expect.stringMatching(/^\$\{/) },
      },
    })
    for (const secret of [second.consumerKey, second.consumerSecret])
      expect(JSON.stringify(stored)).not.toContain(secret)
    expect((await api.ask('GET', '/connections/none/settings')).status).toBe(404)
  })

  it('that leaves the secrets empty is tested, and stored, with the stored ones', async () => {
    const before = await everything()
    expect(await tried({ name, ...settings(empty) })).toMatchObject({ ok: true })
    expect(await everything()).toBe(before)
    await api.put<ConnectionJson>(`/connections/${name}`, settings({ ...empty, timeout: '9s' }))
    expect(await api.post(`/connections/${name}/check`)).toMatchObject({ ok: true })
  })

  it('with one new half of the key is tested with it', async () => {
    const result = await tried({
      name,
      ...settings({ credentials: { consumerKey: '', consumerSecret: 'cs_wrong' } }),
    })
    expect(failing(result)).toMatchObject({ name: 'Authorised' })
    expect(await api.post(`/connections/${name}/check`)).toMatchObject({ ok: true })
  })

  it('that leads to another shop is refused, with both names', async () => {
    const { shop } = api.world
    const result = await tried({
      name,
      ...settings({
        url: shop.url,
        credentials: { consumerKey: shop.consumerKey, consumerSecret: shop.consumerSecret },
      }),
    })
    expect(failing(result)).toMatchObject({ name: 'Same account', about: 'address' })
    expect(failing(result)!.detail).toContain('this connection was made with')
  })
})
