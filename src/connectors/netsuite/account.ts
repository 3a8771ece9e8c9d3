import { z } from 'zod'
import { ok } from '../../result.ts'
import type { AccountIdentity, Outcome } from '../contract.ts'
import { query, type NetSuiteCtx } from './client.ts'
import { accountId, usesOAuth2 } from './config.ts'
import { readCurrencies, readSubsidiaries } from './lookups.ts'
import { learnZone } from './time-zone.ts'

const row = z.object({ id: z.coerce.string() })

/** What the role must see, and the permission that gives it. */
const needed = [
  { table: 'transaction', permission: 'Transactions > Sales Order' },
  { table: 'customer', permission: 'Lists > Customers' },
  { table: 'item', permission: 'Lists > Items' },
] as const

/**
 * Who answers: the account by its id, which never changes. Reads one row of everything Waybill needs, so that a
 * missing permission is named here and not by an order.
 */
export async function identify(ctx: NetSuiteCtx): Promise<Outcome<AccountIdentity>> {
  for (const { table, permission } of needed) {
    const seen = await query(ctx, `SELECT id FROM ${table} WHERE ROWNUM <= 1`, row, permission)
    if (!seen.ok) return seen
  }
  const currencies = await readCurrencies(ctx)
  if (!currencies.ok) return currencies
  const subsidiaries = await readSubsidiaries(ctx)
  if (!subsidiaries.ok) return subsidiaries
  const zone = await learnZone(ctx)
  if (!zone.ok) return zone
  const root = subsidiaries.value.find(({ parent }) => parent === null)
  const active = currencies.value.filter(({ inactive }) => !inactive)
  const base = active.find(({ id }) => id === root?.currency) ?? (active.length === 1 ? active[0] : undefined)
  return ok({
    id: accountId(ctx.config.account),
    name: root?.name ?? `NetSuite ${accountId(ctx.config.account)}`,
    timeZone: zone.value ?? 'UTC',
    currency: base?.code ?? null,
    warnings: warnings(ctx),
  })
}

/** https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_158921905537.html */
const warnings = (ctx: NetSuiteCtx): string[] =>
  usesOAuth2(ctx.config.credentials)
    ? []
    : [
        'Token-based authentication is being withdrawn: with NetSuite 2027.1 it takes no new integrations. Move this connection to OAuth 2.0 client credentials.',
      ]
