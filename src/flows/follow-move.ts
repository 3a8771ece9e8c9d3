import type { Ctx } from '../connectors/contract.ts'
import type { ConnectionRow } from '../ledger/health.ts'
import { connectionById, connectionWorked } from '../ledger/health.ts'
import { finish, hurry, type Job } from '../ledger/jobs.ts'
import { type Move, moveOf, noteMove, provenAddressOf } from '../ledger/moves.ts'
import { type AnyChannel, callOver, channelFor, type Deps } from './deps.ts'

const mostHops = 5
const neverMet = 'Waybill has never read this shop at its own address, so it has nothing to recognise it by'

/**
 * The address redirects to another one. What is there is asked to prove that it is the same shop, with requests that give
 * away nothing that would open the shop to somebody else; then it is read there, and a person is asked to confirm the
 * address. Only then is anything written there, and are the credentials themselves sent.
 */
export async function followMove(deps: Deps, job: Job): Promise<void> {
  const connection = (await connectionById(deps.db, job.connection.id))!
  const channel = channelFor(deps, connection)
  const { to: redirectedTo } = job.payload as { to: string }
  if (provenAddressOf(connection) !== null)
    return deps.db.transaction().execute((tx) => finish(tx, job, deps.workerId))
  const found = await whatIsAt(deps, channel, connection, redirectedTo)
  const at = deps.now()
  const move: Move = { ...found, redirect: new URL(redirectedTo).host, at: at.toISOString() }
  deps.log.info({ connection: connection.name, move }, 'the address redirects to another one')
  await deps.db.transaction().execute(async (tx) => {
    await noteMove(tx, connection, move, { at, actor: 'waybill', newId: deps.newId })
    if (move.state === 'proven') {
      await connectionWorked(tx, connection, at)
      await hurry(tx, connection.id, at)
    }
    await finish(tx, job, deps.workerId)
  })
}

/** What stands at the end of the redirects. */
async function whatIsAt(
  deps: Deps,
  channel: AnyChannel,
  connection: ConnectionRow,
  redirectedTo: string,
): Promise<Pick<Move, 'to' | 'state' | 'why'>> {
  const { moving } = channel
  const unproven = (to: string, why: string) => ({ to, state: 'unproven' as const, why })
  if (!moving)
    return unproven(redirectedTo, `${channel.label} cannot be asked without giving the credentials away`)
  const config = deps.configOf(connection)
  const own = moving.addressOf(config)
  let address = redirectedTo
  for (let hop = 0; hop < mostHops; hop += 1) {
    const there = moving.at(config, address)
    if (there === null) return unproven(address, 'It is less protected than the present one: not https')
    const ctx: Ctx<unknown> = {
      ...callOver(deps, connection, channel.timeoutMs(there.config)),
      config: there.config,
      // What was learnt about the site at one address is not true of another.
      memory: new Map(),
    }
    const proof = await moving.prove(ctx, connection.identity ?? '')
    if (!proof.ok && proof.error.movedTo !== undefined) {
      address = proof.error.movedTo
      continue
    }
    if (!proof.ok) return unproven(there.address, proof.error.problems[0].detail)
    const { verdict, name } = proof.value
    const way = `${own} redirects to ${there.address}`
    if (verdict === 'same')
      return { to: there.address, state: 'proven', why: `${way}, and the same shop answers there` }
    return verdict === 'another'
      ? { to: there.address, state: 'refused', why: `${way}, and another shop answers there: "${name}"` }
      : unproven(there.address, connection.identity === null ? neverMet : 'It does not say which shop it is')
  }
  return unproven(address, 'It redirects further and further')
}

/** When a refused address is asked once more: a shop that is being moved may show a stranger's page for a while. */
const askAgainMs = 60 * 60_000

/** Whether a redirect is worth looking into: not while another shop was found behind it a short while ago. */
export function isWorthFollowing(connection: ConnectionRow, redirectedTo: string, now: Date): boolean {
  const move = moveOf(connection)
  if (move === null || move.redirect !== new URL(redirectedTo).host) return true
  return move.state !== 'refused' || now.getTime() - Date.parse(move.at) > askAgainMs
}
