import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { backup } from '../../src/ledger/backup.ts'
import { openDatabase } from '../../src/ledger/database.ts'
import { restore } from '../../src/ledger/restore.ts'
import { listSavedViews, saveView } from '../../src/ledger/saved-views.ts'
import { testDatabase } from '../support/database.ts'

const now = new Date('2026-03-01T08:00:00Z')

it('saved views are in a backup, and as they were once it is restored', async () => {
  const source = await testDatabase()
  const target = await testDatabase('template1')
  const from = openDatabase({ connectionString: source.url }, () => undefined).db
  const to = openDatabase({ connectionString: target.url }, () => undefined).db
  try {
    const base = { newName: undefined, onlyNew: true, now }
    const query = { status: ['held'], search: 'Zoë "x"', columns: ['number', 'email'] }
    await saveView(from, { ...base, name: 'Wartet auf mich – ÄÖÜ', query })
    await saveView(from, { ...base, name: 'All of them', query: {} })
    const through = new PassThrough()
    const done = await Promise.all([backup(source.pool, through, () => now), restore(target.pool, through)])
    expect(done.map(({ ok }) => ok)).toEqual([true, true])
    expect(await listSavedViews(to)).toEqual([
      { name: 'All of them', query: {}, createdAt: now, updatedAt: now },
      { name: 'Wartet auf mich – ÄÖÜ', query, createdAt: now, updatedAt: now },
    ])
    const again = { ...base, name: 'WARTET AUF MICH – äöü', query: {} }
    expect(await saveView(to, again)).toEqual({ ok: false, error: 'name_taken' })
  } finally {
    await from.destroy()
    await to.destroy()
    await source.drop()
    await target.drop()
  }
})
