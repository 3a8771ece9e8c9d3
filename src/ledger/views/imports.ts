import type { Selectable } from 'kysely'
import { type Database, type Db, mainAccount } from '../database.ts'

export type ImportView = Selectable<Database['imports']> & {
  connection: string
  items: Selectable<Database['import_items']>[]
}

export async function importView(db: Db, id: string): Promise<ImportView | null> {
  const row = await db
    .selectFrom('imports')
    .innerJoin('connections', 'connections.id', 'imports.connection_id')
    .selectAll('imports')
    .select('connections.name as connection')
    .where('imports.account_id', '=', mainAccount)
    .where('imports.id', '=', id)
    .executeTakeFirst()
  if (!row) return null
  const items = await db
    .selectFrom('import_items')
    .selectAll()
    .where('import_id', '=', id)
    .orderBy('query')
    .execute()
  return { ...row, items }
}
