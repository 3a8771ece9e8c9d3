import { isDeepStrictEqual } from 'node:util'
import type { StoredConfig } from './desired.ts'
import { pathText, type Path } from './yaml-source.ts'

/** A field that changes, as it is shown: secrets only by the name they come from. */
export interface FieldChange {
  field: string
  from: string | null
  to: string | null
}

/** What is different between two JSON values, leaf by leaf. Null stands for "not there". */
export function differences(before: unknown, after: unknown): FieldChange[] {
  const [old, fresh] = [leaves(before), leaves(after)]
  const fields = [...new Set([...old.keys(), ...fresh.keys()])]
  return fields
    .map((field) => ({ field, from: old.get(field) ?? null, to: fresh.get(field) ?? null }))
    .filter((change) => change.from !== change.to)
}

/** What is different between two settings. Another value of a secret is told without showing either. */
export function settingsDifferences(before: StoredConfig, after: StoredConfig): FieldChange[] {
  const visible = differences(before.config, after.config)
  const hidden = [...new Set([...Object.keys(before.secrets), ...Object.keys(after.secrets)])]
    .filter((field) => !isDeepStrictEqual(before.secrets[field], after.secrets[field]))
    .filter((field) => !visible.some((change) => change.field === field))
    .map((field) => ({ field, from: '(secret)', to: '(another secret)' }))
  return [...visible, ...hidden]
}

function leaves(value: unknown, path: Path = [], into = new Map<string, string>()): Map<string, string> {
  if (value === undefined || value === null) return into
  // A list of words is one value: it is read as one.
  const isGroup = typeof value === 'object' && !Array.isArray(value)
  if (!isGroup) return into.set(pathText(path), show(value))
  const entries = Object.entries(value)
  if (entries.length === 0 && path.length > 0) into.set(pathText(path), '{}')
  for (const [key, item] of entries) leaves(item, [...path, key], into)
  return into
}

const show = (value: unknown): string => {
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) return value.join(', ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}
