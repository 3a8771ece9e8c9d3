import { z } from 'zod'
import { mainAccount } from '../ledger/database.ts'
import { type NoticeKind, noticeKinds } from '../ledger/notices.ts'
import type { Owner, Vault } from '../ledger/secrets.ts'

/** Whose link to a page it is, and which kinds of notices it ends. */
const leaving = z.object({ address: z.string(), kinds: z.array(z.enum(noticeKinds)).min(1) })
export type Leaving = z.output<typeof leaving>

const owner: Owner = { accountId: mainAccount, id: 'leave-mails', purpose: 'setting' }

/** The part of a link by which an address ends mails: sealed, so that nobody can make one for another. */
export const leavingToken = (vault: Vault, address: string, kinds: readonly NoticeKind[]): string =>
  vault.seal(owner, JSON.stringify({ address, kinds })).toString('base64url')

/** Null: not one of ours. */
export function readLeavingToken(vault: Vault, token: string): Leaving | null {
  try {
    return leaving.parse(JSON.parse(vault.open(owner, Buffer.from(token, 'base64url'))))
  } catch {
    return null
  }
}
