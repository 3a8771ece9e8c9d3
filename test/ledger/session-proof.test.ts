import { Client, Pool, type PoolClient } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ProofClient, proveSessionLocks } from '../../src/ledger/session-proof.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

test('PostgreSQL itself keeps a session, also twice at once', async () => {
  const connect = async () => {
    const client = new Client({ connectionString: database.url })
    await client.connect()
    return client
  }
  const proofs = await Promise.all([proveSessionLocks(connect), proveSessionLocks(connect)])
  expect(proofs).toEqual([
    { ok: true, value: null },
    { ok: true, value: null },
  ])
})

test('a pooler in transaction mode does not, and is named with what to change', async () => {
  const servers = new Pool({ connectionString: database.url, max: 8 })
  // What such a pooler does: a server process for each transaction, given back when it ends.
  const connect = async (): Promise<ProofClient> => {
    const held: PoolClient[] = []
    return {
      query: async (sql) => {
        if (sql === 'BEGIN') held.push(await servers.connect())
        return (held[0] ?? servers).query(sql)
      },
      end: async () => held[0]?.release(true),
    }
  }
  const proof = await proveSessionLocks(connect)
  await servers.end()
  expect(proof).toMatchObject({ ok: false, error: { code: 'no_session' } })
  expect(!proof.ok && proof.error.fix).toContain('DATABASE_URL')
})
