import { type Selectable, sql } from 'kysely'
import { err, ok, type Result } from '../result.ts'
import { type Database, type Db, mainAccount, type Tx } from './database.ts'

/** Filters and columns by their names; the server says which there are. */
export type SavedQuery = Record<string, string | string[]>

export interface SavedView {
  name: string
  query: SavedQuery
  createdAt: Date
  updatedAt: Date
}

/** Why a view is not written. */
export type NotSaved = 'no_such_view' | 'name_taken' | 'too_many' | 'changed_meanwhile'

/** So many an account may have. */
export const mostViews = 100

const keyOf = (name: string): string => name.normalize('NFKC').toLowerCase()

/** All views, by name. */
export async function listSavedViews(db: Db): Promise<SavedView[]> {
  const rows = await db.selectFrom('saved_views').selectAll().where('account_id', '=', mainAccount).execute()
  return rows.map(viewOf).toSorted((a, b) => inSequence.compare(a.name, b.name))
}

const inSequence = new Intl.Collator('en', { numeric: true })

interface Change {
  /** Names the view, whatever its case. */
  name: string
  /** What it is called from now on; undefined: as before. */
  newName: string | undefined
  /** What it shows from now on; undefined: as before. */
  query: SavedQuery | undefined
  /** Only where there is none of the name yet. */
  onlyNew: boolean
  /** Only where it was changed last at this time: what somebody else has done since is not undone. */
  ifUpdatedAt?: Date | undefined
  now: Date
}

/** Makes a view, or changes what is given of the one there is. */
export async function saveView(db: Db, change: Change): Promise<Result<SavedView, NotSaved>> {
  return db.transaction().execute(async (tx) => {
    // One at a time: two that come together would both find their name free, and room for one more.
    await sql`SELECT FROM accounts WHERE id = ${mainAccount} FOR NO KEY UPDATE`.execute(tx)
    const { name, newName = name, onlyNew, ifUpdatedAt } = change
    const before = await viewNamed(tx, name)
    if (before && onlyNew) return err('name_taken')
    if (!before && ifUpdatedAt) return err('no_such_view')
    if (before && ifUpdatedAt && before.updated_at.getTime() !== ifUpdatedAt.getTime())
      return err('changed_meanwhile')
    if (keyOf(newName) !== keyOf(name)) {
      if (!before) return err('no_such_view')
      if (await viewNamed(tx, newName)) return err('name_taken')
    }
    return before ? ok(await update(tx, before, change)) : insert(tx, change)
  })
}

async function update(tx: Tx, before: Row, { newName, query, now }: Change): Promise<SavedView> {
  const name = newName ?? before.name
  const row = await tx
    .updateTable('saved_views')
    .set({ key: keyOf(name), name, updated_at: now })
    .$if(query !== undefined, (set) => set.set({ query: JSON.stringify(query) }))
    .where('account_id', '=', mainAccount)
    .where('key', '=', before.key)
    .returningAll()
    .executeTakeFirstOrThrow()
  return viewOf(row)
}

async function insert(
  tx: Tx,
  { name, newName = name, query, now }: Change,
): Promise<Result<SavedView, NotSaved>> {
  if (query === undefined) return err('no_such_view')
  const { n } = await tx
    .selectFrom('saved_views')
    .select(({ fn }) => fn.countAll<string>().as('n'))
    .where('account_id', '=', mainAccount)
    .executeTakeFirstOrThrow()
  if (Number(n) >= mostViews) return err('too_many')
  const row = await tx
    .insertInto('saved_views')
    .values({
      account_id: mainAccount,
      key: keyOf(newName),
      name: newName,
      query: JSON.stringify(query),
      created_at: now,
      updated_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return ok(viewOf(row))
}

/** Whether there was one. */
export async function deleteView(db: Db, name: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('saved_views')
    .where('account_id', '=', mainAccount)
    .where('key', '=', keyOf(name))
    .executeTakeFirst()
  return numDeletedRows > 0n
}

type Row = Selectable<Database['saved_views']>

const viewNamed = (tx: Tx, name: string): Promise<Row | undefined> =>
  tx
    .selectFrom('saved_views')
    .selectAll()
    .where('account_id', '=', mainAccount)
    .where('key', '=', keyOf(name))
    .executeTakeFirst()

const viewOf = (row: Row): SavedView => ({
  name: row.name,
  query: row.query as SavedQuery,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})
