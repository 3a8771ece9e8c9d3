import type { ConfigurationEvent } from '../ledger/views/configuration-history.ts'
import type { ConfigurationChange, FieldChangeJson } from './schemas.ts'
import { timeJson } from './values-json.ts'

/** One change of the configuration as it was written down. */
export function changeJson({
  id,
  at,
  kind,
  actor,
  connection,
  detail,
}: ConfigurationEvent): ConfigurationChange {
  const who = { id, at: timeJson(at), actor, way: wayOf(detail) }
  if (kind === 'mapping_changed')
    return {
      ...who,
      what: 'route',
      name: text(detail.route),
      action: 'changed',
      fields: mappingFields(detail),
    }
  if (kind === 'address_confirmed') {
    const address = { field: 'address', from: null, to: text(detail.address) }
    return { ...who, what: 'connection', name: connection ?? '', action: 'changed', fields: [address] }
  }
  const [what, action] = kind.split('_') as [ConfigurationChange['what'], ConfigurationChange['action']]
  return { ...who, what, name: text(detail.name), action, fields: fieldsOf(detail) ?? [] }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const wayOf = ({ way }: Record<string, unknown>): ConfigurationChange['way'] =>
  way === 'page' || way === 'api' || way === 'file' ? way : null

const fieldsOf = ({ fields }: Record<string, unknown>): FieldChangeJson[] | null =>
  Array.isArray(fields) ? (fields as FieldChangeJson[]).filter((field) => !isEmptyGroup(field)) : null

/** A group that gets its first entry, or loses its last one: the entry says it. */
const isEmptyGroup = ({ from, to }: FieldChangeJson): boolean =>
  (from === '{}' && to === null) || (from === null && to === '{}')

/** Older ones say only which word of the shop was given which record. */
const mappingFields = (detail: Record<string, unknown>): FieldChangeJson[] =>
  fieldsOf(detail) ?? [{ field: `mapping: ${text(detail.subject)}`, from: null, to: text(detail.value) }]
