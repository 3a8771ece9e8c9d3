import type { DesiredConnection } from '../config/desired.ts'
import { readConfiguration } from '../config/read-configuration.ts'
import { withSecrets } from '../config/secret-parts.ts'
import type { Mistake } from '../config/yaml-source.ts'
import type { Ctx, Failure } from '../connectors/contract.ts'
import type { ConnectionRow } from '../ledger/health.ts'
import { err, ok, type Result } from '../result.ts'
import type { ConfigurationDeps } from './apply-configuration.ts'
import {
  anotherAccount,
  type Asked,
  type Check,
  noSlot,
  passed,
  probe,
  type Side,
  sideOf,
  stopped,
  timeoutOf,
} from './check-steps.ts'
import type { Deps } from './deps.ts'
import { alreadyConnected, otherConnectionTo } from './identify.ts'
import { storedConfigOf } from './known-configuration.ts'
import { withSlot } from './with-slot.ts'

/** A check of settings, and which of them it speaks of. */
export interface TriedCheck extends Check {
  about: 'address' | 'credentials' | null
}

export interface TryResult {
  ok: boolean
  /** The account they lead to, where it could be asked. */
  account: { id: string; name: string } | null
  checks: TriedCheck[]
}

/** How long a test waits for one of the calls that its account allows at once. */
const slotWaitMs = 30_000

/**
 * Tests the settings of a connection before they are stored, by the same questions as `checkConnection`. Nothing is
 * written, neither settings nor health; mistakes are those that storing them would find.
 */
export async function tryConnection(
  deps: Deps,
  { vault, connectors, allow }: ConfigurationDeps,
  input: {
    /** A waybill.yaml with this one connection. */
    yaml: string
    values: Record<string, string>
    /** The connection whose settings are changed; null for one that is not there yet. */
    stored: ConnectionRow | null
    publicUrl: string | null
  },
): Promise<Result<TryResult, Mistake[]>> {
  const { yaml, values, stored, publicUrl } = input
  const known = {
    connections: stored ? [{ ...stored, ...storedConfigOf(vault, stored) }] : [],
    routes: [],
    notifications: null,
    retention: null,
  }
  const read = readConfiguration({ yaml, values, connectors, allow, known })
  if (!read.ok) return err(read.error)
  const desired = read.value.connections[0]!
  const side = await sideOf(deps, { ...desired, id: stored?.id ?? null })
  const calls = () => ask(deps, side, desired, stored)
  // A connection's account has one budget, whoever asks.
  const asked = stored ? await withSlot(deps, stored.id, slotWaitMs, calls) : await calls()
  const { account, checks } = asked ?? { account: null, checks: [noSlot] }
  return ok({
    ok: checks.every(({ outcome }) => outcome !== 'fail'),
    account,
    checks: [...checks, ...webhooksAfterwards(side, publicUrl)].map((check) => ({
      ...check,
      about: about[check.name] ?? null,
    })),
  })
}

const about: Record<string, TriedCheck['about']> = {
  Reachable: 'address',
  'Answers as expected': 'address',
  'Same account': 'address',
  Authorised: 'credentials',
  Permissions: 'credentials',
}

async function ask(
  deps: Deps,
  side: Side,
  desired: DesiredConnection,
  stored: ConnectionRow | null,
): Promise<Asked> {
  const config = side.connector.config.parse(withSecrets(desired))
  const secrets = Object.values(desired.secrets)
  const http = deps.httpFor({ kind: desired.kind, config, secrets }, timeoutOf(side, config))
  const ctx: Ctx<unknown> = {
    config,
    http,
    now: deps.now,
    randomId: deps.newId,
    log: deps.log,
    signal: deps.signal,
    memory: new Map(),
  }
  try {
    const identified = await side.connector.identify(ctx)
    if (!identified.ok) return stopped(identified.error)
    const account = identified.value
    const stoppedBy = (failure: Failure): Asked => ({
      ...stopped(failure),
      account: { id: account.id, name: account.name },
    })
    const ids = [account.id, ...(account.also ?? [])]
    if (stored && stored.identity !== null && !ids.includes(stored.identity))
      return stoppedBy(anotherAccount(stored, account))
    const other = await otherConnectionTo(deps.db, { id: stored?.id ?? null, kind: desired.kind }, ids)
    if (other !== null) return stoppedBy(alreadyConnected(account.name, other))
    const probed = await probe(deps, side, ctx)
    return probed.ok ? passed(side, account, probed.value) : stoppedBy(probed.error)
  } finally {
    await http.close()
  }
}

function webhooksAfterwards(side: Side, publicUrl: string | null): Check[] {
  if (side.role === 'backend' || !side.connector.webhooks) return []
  const detail =
    publicUrl === null
      ? 'off, because WAYBILL_PUBLIC_URL is not set: polling carries everything'
      : 'set up by itself once the connection is used'
  return [{ name: 'Webhooks', outcome: 'skipped', detail }]
}
