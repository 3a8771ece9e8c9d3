import { stringify } from 'yaml'
import { keepSecrets } from '../config/secret-parts.ts'
import { type Mistake, pathText } from '../config/yaml-source.ts'
import { applyConfiguration, type ConfigurationDeps } from '../flows/apply-configuration.ts'
import type { Deps } from '../flows/deps.ts'
import { tryConnection, type TryResult } from '../flows/try-connection.ts'
import { connectionByName } from '../ledger/connections.ts'
import type { ConnectionRow } from '../ledger/health.ts'
import { actorOf, type Caller } from './auth.ts'
import { Refusal } from './refusal.ts'

/** One connection or route as waybill.yaml would have it, with the values of the `${NAMES}` in it. */
export interface Fragment {
  kind: 'connection' | 'route'
  name: string
  settings: Record<string, unknown>
  values: Record<string, string>
  /** Where it is changed: on the page, or by a program. */
  way?: 'page' | 'api'
}

/** Browsers have a session, programs a token. */
export const wayOf = (caller: Caller | null): 'page' | 'api' => (caller === 'session' ? 'page' : 'api')

/** Makes or changes one connection or route by the same rules as a file; a mistake changes nothing. */
export async function applyFragment(deps: ConfigurationDeps, fragment: Fragment): Promise<void> {
  const stored = fragment.kind === 'connection' ? await connectionByName(deps.db, fragment.name) : null
  const applied = await applyConfiguration(deps, {
    yaml: fileOf(fragment, stored),
    values: fragment.values,
    dryRun: false,
    prune: false,
    actor: actorOf(),
    way: fragment.way,
  })
  if (!applied.ok) throw mistaken(fragment, applied.error)
}

/** Tests a connection as `applyFragment` would store it, or one that has no name yet; nothing is stored. */
export async function tryFragment(
  deps: Deps,
  configuration: ConfigurationDeps,
  given: Pick<Fragment, 'settings' | 'values'> & { name: string | null },
  publicUrl: string | null,
): Promise<TryResult> {
  const stored = given.name === null ? null : await connectionByName(deps.db, given.name)
  const fragment: Fragment = { ...given, kind: 'connection', name: given.name ?? 'unnamed' }
  const { values } = fragment
  const yaml = fileOf(fragment, stored)
  const tried = await tryConnection(deps, configuration, { yaml, values, stored, publicUrl })
  if (!tried.ok) throw mistaken(fragment, tried.error)
  return tried.value
}

/** The fragment as a file that names nothing else. A secret that is left empty is the stored one: no page ever has it. */
export function fileOf({ kind, name, settings }: Fragment, stored: ConnectionRow | null): string {
  if (kind === 'route') return stringify({ routes: [{ name, ...settings }] })
  const kept = stored ? keepSecrets(settings, stored.config as Record<string, unknown>) : settings
  return stringify({ connections: { [name]: kept } })
}

/** Names each wrong field as the fragment has it. */
export function mistaken({ kind, name }: Pick<Fragment, 'kind' | 'name'>, mistakes: Mistake[]): Refusal {
  const whole = kind === 'connection' ? pathText(['connections', name]) : 'routes[0]'
  const errors = mistakes.map(({ path, message, fix }) => ({
    field: path === whole ? 'name' : path.startsWith(`${whole}.`) ? path.slice(whole.length + 1) : path,
    message: fix === '' ? message : `${message}. ${fix}`,
  }))
  return new Refusal({
    status: 422,
    code: 'wrong_configuration',
    title: `The ${kind} has mistakes`,
    detail: errors.map(({ field, message }) => `"${field}": ${message}`).join('; '),
    fix: 'Correct what is named. Nothing was changed.',
    errors,
  })
}
