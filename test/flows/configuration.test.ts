import fc from 'fast-check'
import { Kysely, PostgresDialect } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { allowList } from '../../src/connectors/addresses.ts'
import { applyConfiguration, type ConfigurationDeps } from '../../src/flows/apply-configuration.ts'
import { exportConfiguration } from '../../src/flows/export-configuration.ts'
import { knownConfiguration } from '../../src/flows/known-configuration.ts'
import type { Database } from '../../src/ledger/database.ts'
import { vaultWith } from '../../src/ledger/secrets.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'
import { connectors } from '../unit/config-faces.ts'

let database: TestDatabase
let deps: ConfigurationDeps
let now: Date

beforeEach(async () => {
  database = await testDatabase()
  now = new Date('2026-05-01T00:00:00Z')
  deps = {
    db: new Kysely<Database>({ dialect: new PostgresDialect({ pool: database.pool }) }),
    vault: vaultWith(Buffer.alloc(32, 7)),
    now: () => now,
    newId: () => crypto.randomUUID(),
    connectors,
    allow: allowList([]),
  }
})
afterEach(() => database.drop())

const yaml = `connections:
  acme-shop:
    kind: woocommerce
    url: https://shop.example.com
    credentials: { consumerKey: "\${KEY}", consumerSecret: cs_written }
  netsuite:
    kind: netsuite
    account: 1234567
    credentials: { clientId: a, certificateId: b, privateKey: "\${NS}" }
    concurrency: 3
routes:
  - name: acme
    from: acme-shop
    to: netsuite
    import: { statuses: [processing], since: 2026-02-01 }
    mapping: { items: { MUG: 1009 } }
notifications:
  email: { to: [a@example.com], from: b@example.com, smtp: "smtp://u:hush@127.0.0.1" }
`
const values = { KEY: 'ck_live', NS: 'pem' }

async function apply(text: string, change: Partial<Parameters<typeof applyConfiguration>[1]> = {}) {
  const input = { yaml: text, values, dryRun: false, prune: false, actor: 'person', ...change }
  const applied = await applyConfiguration(deps, input)
  if (!applied.ok) throw new Error(JSON.stringify(applied.error))
  return applied.value
}
const actions = (applied: Awaited<ReturnType<typeof apply>>) =>
  Object.fromEntries(applied.changes.map((change) => [change.name, change.action]))
const count = async (table: string) =>
  Number((await database.pool.query<{ n: string }>(`SELECT count(*) AS n FROM ${table}`)).rows[0]!.n)

describe('apply', () => {
  test('makes what the file says, with a slot for each call at once and a first reading', async () => {
    expect(actions(await apply(yaml))).toEqual({
      'acme-shop': 'created',
      netsuite: 'created',
      acme: 'created',
      notifications: 'created',
    })
    const { rows } = await database.pool.query<{ name: string; n: string }>(
      'SELECT name, count(*) AS n FROM slots JOIN connections ON id = connection_id GROUP BY name ORDER BY name',
    )
    expect(rows).toEqual([
      { name: 'acme-shop', n: '2' },
      { name: 'netsuite', n: '3' },
    ])
    const jobs = await database.pool.query<{ kind: string }>('SELECT kind FROM jobs ORDER BY kind')
    expect(jobs.rows.map((job) => job.kind)).toEqual([
      'poll',
      'read-shipments',
      'reconcile-daily',
      'webhooks',
    ])
  })

  test('keeps no secret in clear, and gives it back', async () => {
    await apply(yaml)
    const { rows } = await database.pool.query<{ all: string }>(
      `SELECT (SELECT string_agg(c::text, '') FROM connections c) || (SELECT string_agg(s::text, '') FROM settings s)
         || (SELECT string_agg(e::text, '') FROM events e) AS all`,
    )
    for (const secret of ['ck_live', 'cs_written', 'pem', 'hush']) {
      expect(rows[0]!.all).not.toContain(secret)
      expect(rows[0]!.all).not.toContain(Buffer.from(secret).toString('hex'))
    }
    const known = await knownConfiguration(deps.db, deps.vault)
    expect(known.connections[0]!.secrets).toEqual({
      'credentials.consumerKey': 'ck_live',
      'credentials.consumerSecret': 'cs_written',
    })
    expect(known.notifications!.secrets).toEqual({ 'email.smtp': 'smtp://u:hush@127.0.0.1' })
  })

  test('the same file again changes nothing', async () => {
    await apply(yaml)
    const events = await count('events')
    const again = await apply(yaml)
    expect(again.changed).toBe(false)
    expect(await count('events')).toBe(events)
  })

  test('a dry run tells and changes nothing', async () => {
    const told = await apply(yaml, { dryRun: true })
    expect(told).toMatchObject({ dryRun: true, changed: true })
    expect([await count('connections'), await count('routes'), await count('jobs')]).toEqual([0, 0, 0])
  })

  test('one mistake changes nothing', async () => {
    const wrong = yaml.replace('since: 2026-02-01', 'since: someday')
    const refused = await applyConfiguration(deps, {
      yaml: wrong,
      values,
      dryRun: false,
      prune: false,
      actor: 'person',
    })
    expect(refused.ok).toBe(false)
    expect(await count('connections')).toBe(0)
  })

  test('another secret is told without showing it, and the account has to prove itself again', async () => {
    await apply(yaml)
    await database.pool.query("UPDATE connections SET identity = 'x', identity_checked = true")
    const changed = await apply(yaml, { values: { ...values, KEY: 'ck_other' } })
    expect(actions(changed)).toMatchObject({ 'acme-shop': 'changed', netsuite: 'unchanged' })
    expect(JSON.stringify(changed)).not.toContain('ck_other')
    const { rows } = await database.pool.query<{ identity_checked: boolean }>(
      'SELECT identity_checked FROM connections ORDER BY name',
    )
    expect(rows.map((row) => row.identity_checked)).toEqual([false, true])
  })

  test('an earlier start reads the shop again from there, a later one does not', async () => {
    await apply(yaml)
    const cursor = async () =>
      (
        await database.pool.query<{ at: Date }>('SELECT modified_at AS at FROM cursors')
      ).rows[0]!.at.toISOString()
    await database.pool.query(
      `INSERT INTO cursors (connection_id, account_id, stream, modified_at)
       SELECT id, 'main', 'orders', '2026-04-30T00:00:00Z' FROM connections WHERE role = 'channel'`,
    )
    await apply(yaml.replace('since: 2026-02-01', 'since: 2026-03-01'))
    expect(await cursor()).toBe('2026-04-30T00:00:00.000Z')
    await apply(yaml.replace('since: 2026-02-01', 'since: 2026-01-01'))
    expect(await cursor()).toBe('2026-01-01T00:00:00.000Z')
  })

  test('more or fewer calls at once', async () => {
    await apply(yaml)
    await apply(yaml.replace('concurrency: 3', 'concurrency: 7'))
    expect(await count('slots')).toBe(9)
    await apply(yaml.replace('concurrency: 3', 'concurrency: 1'))
    expect(await count('slots')).toBe(3)
  })

  test('what the file does not name stays, and is named; --prune stops its routes', async () => {
    await apply(yaml)
    const rest = yaml.slice(0, yaml.indexOf('routes:'))
    expect((await apply(rest)).notes.join(' ')).toContain('route acme')
    expect(actions(await apply(rest, { prune: true }))).toMatchObject({ acme: 'removed' })
    expect(actions(await apply(rest, { prune: true }))).not.toHaveProperty('acme')
    expect(actions(await apply(yaml))).toMatchObject({ acme: 'created' })
    expect(await count('routes')).toBe(1)
  })

  test('a mapping with its defaults written out is the same mapping', async () => {
    await apply(yaml)
    const same = yaml.replace('{ items:', '{ skuField: itemId, items:')
    expect(actions(await apply(same))).toMatchObject({ acme: 'unchanged' })
  })

  test('two at once do not mix', async () => {
    const texts = [yaml, yaml.replace('concurrency: 3', 'concurrency: 4')]
    await Promise.all(texts.map((text) => apply(text)))
    expect(await count('connections')).toBe(2)
    expect([5, 6]).toContain(await count('slots'))
  })
})

describe('export', () => {
  test('an empty ledger gives a file that can be applied', async () => {
    expect((await apply(await exportConfiguration(deps))).changed).toBe(false)
  })

  test('shows no secret', async () => {
    await apply(yaml)
    const text = await exportConfiguration(deps)
    for (const secret of ['ck_live', 'cs_written', 'pem', 'hush']) expect(text).not.toContain(secret)
    expect(text).toContain('${KEY}')
    expect(text).toContain('${ACME_SHOP_CREDENTIALS_CONSUMER_SECRET}')
  })

  test('applied where it came from it changes nothing, whatever was configured', async () => {
    const text = fc.string({ minLength: 1, maxLength: 12 })
    const secret = fc.oneof(text, fc.constantFrom('${KEY}', '$${KEY}', 'a${NS}b', '007', 'null', 'x: y'))
    const minutes = fc.integer({ min: 1, max: 1440 })
    const file = fc.record({
      connections: fc.record({
        shop: fc.record({
          kind: fc.constant('woocommerce'),
          url: fc.constantFrom('https://a.example', 'https://b.example/x?y=1#z'),
          credentials: fc.record({ consumerKey: secret, consumerSecret: secret }),
        }),
        ns: fc.record(
          {
            kind: fc.constant('netsuite'),
            account: fc.constantFrom('123', '1234567_SB1', '007', '1e3'),
            credentials: fc.record({ clientId: secret, certificateId: secret, privateKey: secret }),
            concurrency: fc.integer({ min: 1, max: 5 }),
          },
          { requiredKeys: ['kind', 'account', 'credentials'] },
        ),
      }),
      routes: fc.constant([]).chain(() =>
        fc
          .record({
            name: fc.constantFrom('one', 'Two.2'),
            from: fc.constant('shop'),
            to: fc.constant('ns'),
            import: fc.record({
              statuses: fc.uniqueArray(fc.constantFrom('processing', 'on-hold', 'wc-odd', 'true', '12'), {
                minLength: 1,
              }),
              since: fc.constantFrom('2026-01-01', '2025-12-31T23:00:00Z', '2026-01-01T08:00:00.500+02:00'),
              every: minutes.map((n) => `${n}m`),
            }),
            post: fc.record({ automatic: fc.boolean() }),
            autoCancel: fc.oneof(fc.constant(false), fc.constant({ after: '7d', warn: ['1d', '36h'] })),
            mapping: fc.record({
              items: fc.dictionary(
                text.filter((key) => key !== '__proto__'),
                text,
              ),
            }),
          })
          .map((route) => [route]),
      ),
    })
    await fc.assert(
      fc.asyncProperty(file, async (wanted) => {
        await database.pool.query('TRUNCATE routes, connections, slots, jobs CASCADE')
        const withRefs = stringify(wanted).replaceAll(/\$\{(?!KEY\}|NS\})/g, '$$$${')
        await apply(withRefs)
        const exported = await exportConfiguration(deps)
        // No environment at all: what is stored under the same names is kept.
        const again = await apply(exported, { values: {} })
        expect(again.changes.filter((change) => change.action !== 'unchanged')).toEqual([])
        expect(await exportConfiguration(deps)).toBe(exported)
      }),
      { numRuns: 60 },
    )
  })
})
