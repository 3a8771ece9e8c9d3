import { randomUUID } from 'node:crypto'
import { signedHeader } from '../../src/connectors/netsuite/auth.ts'
import { startReconciliation } from '../../src/flows/reconcile.ts'
import { activeRouteOf } from '../../src/flows/route.ts'
import { connectionById } from '../../src/ledger/health.ts'
import {
  daysOf,
  differencesOf,
  type DifferenceView,
  type ReconciliationView,
  reconciliationView,
} from '../../src/ledger/views/reconciliations.ts'
import type { World } from './world.ts'

export interface Compared {
  run: ReconciliationView
  /** "2026-03-02 | 3 | 3 | 2 | 1 | 1 | 0": the shop, Waybill, NetSuite, imported, explained, unexplained. */
  days: string[]
  differences: DifferenceView[]
}

/** Starts comparing the last days of the world's shop. Nothing has been asked yet when this returns. */
export async function begin(world: World, days = 7): Promise<string> {
  const connection = (await connectionById(world.db, world.shopId))!
  const route = (await activeRouteOf(world.db, world.shopId))!
  const from = new Date(world.now().getTime() - days * 86_400_000)
  return world.db
    .transaction()
    .execute((tx) => startReconciliation(world.deps, tx, { connection, route, from, actor: 'person' }))
}

export async function resultOf(world: World, id: string): Promise<Compared> {
  const run = (await reconciliationView(world.db, id))!
  const { differences } = await differencesOf(world.db, id, {}, { limit: 1000, after: null })
  const days = (await daysOf(world.db, id)).map((day) =>
    [
      day.day,
      day.at_channel,
      day.in_ledger,
      day.in_backend,
      day.imported,
      day.explained,
      day.unexplained,
    ].join(' | '),
  )
  return { run, days, differences }
}

/** Compares, and moves the clock on until there is a result. */
export async function compare(world: World, days = 7): Promise<Compared> {
  const id = await begin(world, days)
  for (let looks = 0; looks < 5; looks += 1) {
    await world.settle()
    const result = await resultOf(world, id)
    if (result.run.finished_at !== null) return result
    await world.advance(3_000)
  }
  throw new Error(`no result: ${JSON.stringify((await resultOf(world, id)).run)}`)
}

/** What somebody else does in the NetSuite account, over another integration. Returns the id of what was made. */
export async function somebody(
  { netsuite, now }: World,
  method: string,
  path: string,
  body?: object,
): Promise<string> {
  const url = `${netsuite.url}/services/rest/record/v1/${path}`
  const seconds = String(Math.floor(now().getTime() / 1000))
  const authorization = signedHeader(
    netsuite.credentials.tba,
    netsuite.account,
    { method, url },
    randomUUID().replaceAll('-', ''),
    seconds,
  )
  const answer = await fetch(url, {
    method,
    headers: { authorization },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(await answer.text())
  return answer.headers.get('location')?.split('/').at(-1) ?? ''
}
