import { createHash } from 'node:crypto'
import { type Db, mainAccount } from './database.ts'

/** Tokens are kept as hashes: who reads the table cannot sign in with it. */
const hashOfToken = (token: string): Buffer => createHash('sha256').update(token).digest()

interface NewToken {
  token: string
  at: Date
  expiresAt: Date
}

/** Keeps a one-time link, and forgets what has expired. */
export async function addLink(db: Db, { token, at, expiresAt }: NewToken): Promise<void> {
  await db
    .deleteFrom('sessions')
    .where('account_id', '=', mainAccount)
    .where('expires_at', '<=', new Date(at.getTime() - 24 * 3_600_000))
    .execute()
  await db
    .insertInto('sessions')
    .values({
      token_hash: hashOfToken(token),
      account_id: mainAccount,
      kind: 'link',
      created_at: at,
      expires_at: expiresAt,
    })
    .execute()
}

export type LinkUse = 'signed_in' | 'used' | 'expired' | 'unknown'

/** Uses up a link and begins a session, both or neither. Of two who come at once, one gets in. */
export async function useLink(db: Db, link: string, session: NewToken): Promise<LinkUse> {
  return db.transaction().execute(async (tx) => {
    const used = await tx
      .updateTable('sessions')
      .set({ used_at: session.at })
      .where('token_hash', '=', hashOfToken(link))
      .where('kind', '=', 'link')
      .where('used_at', 'is', null)
      .where('expires_at', '>', session.at)
      .returning('account_id')
      .executeTakeFirst()
    if (used) {
      await tx
        .insertInto('sessions')
        .values({
          token_hash: hashOfToken(session.token),
          account_id: used.account_id,
          kind: 'session',
          created_at: session.at,
          expires_at: session.expiresAt,
        })
        .execute()
      return 'signed_in'
    }
    const known = await tx
      .selectFrom('sessions')
      .select('used_at')
      .where('token_hash', '=', hashOfToken(link))
      .where('kind', '=', 'link')
      .executeTakeFirst()
    if (!known) return 'unknown'
    return known.used_at === null ? 'expired' : 'used'
  })
}

export async function isSession(db: Db, token: string, now: Date): Promise<boolean> {
  const row = await db
    .selectFrom('sessions')
    .select('account_id')
    .where('token_hash', '=', hashOfToken(token))
    .where('kind', '=', 'session')
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return row !== undefined
}

export async function endSession(db: Db, token: string): Promise<void> {
  await db
    .deleteFrom('sessions')
    .where('token_hash', '=', hashOfToken(token))
    .where('kind', '=', 'session')
    .execute()
}
