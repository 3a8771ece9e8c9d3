import { isDeepStrictEqual } from 'node:util'
import type { StoredConfig } from './desired.ts'
import { pathText, type Path } from './yaml-source.ts'

/** A field that changes, as it is shown: secrets only by the name they come from. */
export interface FieldChange {
  field: string
  from: string | null
  to: string | null
}

/**
 * What is different between two JSON values, leaf by leaf. Null stands for "not there". Where a leaf gives way to a group, or
 * a group to a leaf, it stands for each leaf of the group: `false` becomes `after: 7d` as "after: false → 7d".
 */
export function differences(before: unknown, after: unknown, path: Path = []): FieldChange[] {
  const keys = [...new Set([before, after].filter(isGroup).flatMap((group) => Object.keys(group)))]
  if (keys.length > 0) {
    const within = keys.flatMap((key) => differences(under(before, key), under(after, key), [...path, key]))
    const isReplaced = isThere(before) && isThere(after) && isGroup(before) !== isGroup(after)
    // A text in the place of a group that has the same text in it is another setting all the same.
    return isReplaced && within.length === 0 ? ofAll(before, after, path) : within
  }
  return isDeepStrictEqual(before ?? null, after ?? null) ? [] : ofAll(before, after, path)
}

/** Values that read alike, such as 5 and "5", are shown as they are written. */
function ofAll(before: unknown, after: unknown, path: Path): FieldChange[] {
  const [from, to] = [show(before, path), show(after, path)]
  if (from === null && to === null) return []
  return from === to
    ? [{ field: pathText(path), from: JSON.stringify(before), to: JSON.stringify(after) }]
    : [{ field: pathText(path), from, to }]
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

// A list of words is one value: it is read as one.
const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isThere = (value: unknown): boolean => value !== undefined && value !== null

const under = (value: unknown, key: string): unknown => (isGroup(value) ? value[key] : value)

function show(value: unknown, path: Path): string | null {
  if (!isThere(value) || (isGroup(value) && path.length === 0)) return null
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) return value.join(', ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}
