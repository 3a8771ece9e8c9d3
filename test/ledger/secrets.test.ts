import { chmod, mkdtemp, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { Kysely, PostgresDialect } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Database, Db } from '../../src/ledger/database.ts'
import { openVault, type Owner, parseKey, vaultWith } from '../../src/ledger/secrets.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'

const key = Buffer.alloc(32, 1)
const owner: Owner = { accountId: 'main', id: 'c1', purpose: 'credentials' }

describe('a vault', () => {
  const vault = vaultWith(key)

  test('gives back what it sealed, and seals the same never alike', () => {
    const sealed = vault.seal(owner, 'cs_ñ秘密')
    expect(vault.open(owner, sealed)).toBe('cs_ñ秘密')
    expect(sealed.toString('latin1')).not.toContain('cs_')
    expect(vault.seal(owner, 'cs_ñ秘密').equals(sealed)).toBe(false)
  })

  test.each<[string, Owner]>([
    ['another connection', { ...owner, id: 'c2' }],
    ['another account', { ...owner, accountId: 'other' }],
    ['another purpose', { ...owner, purpose: 'webhook' }],
    ['parts that shift', { ...owner, accountId: 'mai', id: 'nc1' }],
  ])('does not open for %s', (_, other) => {
    expect(() => vault.open(other, vault.seal(owner, 'x'))).toThrow(/auth|sealed|version|length|tag|state/i)
  })

  test('does not open what was changed anywhere, or sealed with another key', () => {
    const sealed = vault.seal(owner, 'secret')
    for (let i = 0; i < sealed.length; i++) {
      const changed = Buffer.from(sealed)
      changed[i]! ^= 1
      expect(() => vault.open(owner, changed)).toThrow(/auth|sealed|version|length|tag|state/i)
    }
    expect(() => vaultWith(Buffer.alloc(32, 2)).open(owner, sealed)).toThrow(
      /auth|sealed|version|length|tag|state/i,
    )
  })

  test('does not open what was cut short, down to a tag that could be guessed', () => {
    const sealed = vault.seal(owner, '')
    for (let length = 1; length < sealed.length; length++)
      expect(() => vault.open(owner, sealed.subarray(0, length))).toThrow(/auth|tag|iv|initialization/i)
  })

  test('reads keys as base64 and hexadecimal, and nothing else', () => {
    expect(parseKey(key.toString('base64'))).toEqual(key)
    expect(parseKey(` ${key.toString('hex')}\n`)).toEqual(key)
    expect(parseKey(key.toString('base64url'))).toEqual(key)
    for (const wrong of ['', 'short', 'x'.repeat(64), Buffer.alloc(31).toString('base64'), 'a'.repeat(45)])
      expect(parseKey(wrong)).toBeNull()
  })
})

describe('the key of a home', () => {
  let database: TestDatabase
  let db: Db
  let home: string
  const open = (givenKey?: string, in_ = home) => openVault(db, { home: in_, givenKey })

  beforeEach(async () => {
    database = await testDatabase()
    db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: database.pool }) })
    home = await mkdtemp(path.join(os.tmpdir(), 'waybill-key-'))
  })
  afterEach(async () => {
    await database.drop()
    await rm(home, { recursive: true })
  })

  test('is made on the first start, for its owner only, and fits ever after', async () => {
    const first = await open()
    if (!first.ok) throw new Error(first.error.message)
    const sealed = first.value.seal(owner, 'x')
    expect((await stat(path.join(home, 'key'))).mode & 0o777).toBe(0o600)
    const second = await open()
    expect(second.ok && second.value.open(owner, sealed)).toBe('x')
    const written = await readFile(path.join(home, 'key'), 'utf8')
    const given = await open(written)
    expect(given.ok && given.value.open(owner, sealed)).toBe('x')
  })

  test('is one, also when many start at once', async () => {
    const opened = await Promise.all(Array.from({ length: 8 }, () => open()))
    expect(opened.map((one) => (one.ok ? 'ok' : one.error.code))).toEqual(
      Array.from({ length: 8 }, () => 'ok'),
    )
    const [first, ...others] = opened.map((one) => (one.ok ? one.value : null))
    const sealed = first!.seal(owner, 'x')
    for (const other of others) expect(other!.open(owner, sealed)).toBe('x')
  })

  test.each<[string, () => Promise<string | undefined>, string]>([
    [
      'another key in the environment',
      async () => Buffer.alloc(32, 9).toString('base64'),
      'key_does_not_fit',
    ],
    ['no key in the environment', async () => 'nonsense', 'key_invalid'],
    ['a lost key file', async () => void (await unlink(path.join(home, 'key'))), 'key_missing'],
    [
      'a key file that others can read',
      async () => void (await chmod(path.join(home, 'key'), 0o644)),
      'key_file_open',
    ],
    ['a spoiled key file', async () => void (await writeFile(path.join(home, 'key'), 'oops')), 'key_invalid'],
    [
      "another home's key file",
      async () => void (await writeFile(path.join(home, 'key'), Buffer.alloc(32, 5).toString('hex'))),
      'key_does_not_fit',
    ],
  ])('%s is refused in one line, and nothing is overwritten', async (_, spoil, code) => {
    await open()
    const given = await spoil()
    const before = await readFile(path.join(home, 'key'), 'utf8').catch(() => null)
    const refused = await open(given)
    expect(refused).toMatchObject({ ok: false, error: { code } })
    expect(!refused.ok && `${refused.error.message} ${refused.error.fix}`).not.toContain('\n')
    expect(await readFile(path.join(home, 'key'), 'utf8').catch(() => null)).toBe(before)
  })
})
