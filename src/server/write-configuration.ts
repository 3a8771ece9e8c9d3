import { stringify } from 'yaml'
import { applyConfiguration, type ConfigurationDeps } from '../flows/apply-configuration.ts'
import { actorOf } from './auth.ts'
import { Refusal } from './refusal.ts'

/** One connection or route as waybill.yaml would have it, with the values of the `${NAMES}` in it. */
export interface Fragment {
  kind: 'connection' | 'route'
  name: string
  settings: Record<string, unknown>
  values: Record<string, string>
}

/** Makes or changes one connection or route by the same rules as a file; a mistake changes nothing. */
export async function applyFragment(deps: ConfigurationDeps, fragment: Fragment): Promise<void> {
  const { kind, name, settings, values } = fragment
  const file =
    kind === 'connection' ? { connections: { [name]: settings } } : { routes: [{ name, ...settings }] }
  const applied = await applyConfiguration(deps, {
    yaml: stringify(file),
    values,
    dryRun: false,
    prune: false,
    actor: actorOf(),
  })
  if (applied.ok) return
  const prefix = kind === 'connection' ? `connections.${name}.` : 'routes[0].'
  const errors = applied.error.map(({ path, message, fix }) => ({
    field: path.startsWith(prefix) ? path.slice(prefix.length) : path,
    message: fix === '' ? message : `${message}. ${fix}`,
  }))
  throw new Refusal({
    status: 422,
    code: 'wrong_configuration',
    title: `The ${kind} has mistakes`,
    detail: errors.map(({ field, message }) => `"${field}": ${message}`).join('; '),
    fix: 'Correct what is named. Nothing was changed.',
    errors,
  })
}
