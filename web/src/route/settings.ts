import { formatDuration } from '../../../src/config/durations.ts'
import { filterInFile } from '../../../src/config/filter-form.ts'
import type { Filter, Mistake, Route, SeenValue } from '../api/types.ts'

/** What a person sees and changes of a route; what the form does not know of its mapping stays in `mapping` untouched. */
export interface Settings {
  statuses: string[]
  filters: Filter[]
  /** A day. */
  since: string
  every: string
  automatic: boolean
  cancelledAfterPosting: Route['cancelledAfterPosting']
  /** Null: orders in error stay. */
  cancelAfter: string | null
  /** How long before that it is said, such as "3d, 1d"; empty: as usual. */
  warn: string
  mapping: Group
}

export type Group = Record<string, unknown>

export const settingsOf = (route: Route): Settings => ({
  statuses: route.statuses,
  filters: route.filters,
  since: route.since.slice(0, 10),
  every: formatDuration(route.everyMs),
  automatic: route.postAutomatic,
  cancelledAfterPosting: route.cancelledAfterPosting,
  cancelAfter: route.autoCancel && formatDuration(route.autoCancel.afterMs),
  warn: (route.autoCancel?.warnMs ?? []).map((ms) => formatDuration(ms)).join(', '),
  mapping: route.mapping,
})

/** The settings as the API takes them. */
export function requestOf(route: Route, settings: Settings): Group {
  const { since, cancelAfter, warn } = settings
  const isKnown = (status: string) => route.statuses.includes(status)
  const times = warn.split(/[\s,;]+/).filter((text) => text !== '')
  return {
    from: route.from,
    to: route.to,
    import: {
      // In their own sequence: to take one away and to choose it again is no change.
      statuses: [
        ...route.statuses.filter((status) => settings.statuses.includes(status)),
        ...settings.statuses.filter((status) => !isKnown(status)),
      ],
      // A time of the day that the form does not show is not lost.
      since: since === route.since.slice(0, 10) ? route.since : since,
      every: settings.every,
      filters: settings.filters.map(filterInFile),
    },
    post: { automatic: settings.automatic },
    autoCancel:
      cancelAfter === null ? false : { after: cancelAfter, ...(times.length > 0 && { warn: times }) },
    cancelledAfterPosting: settings.cancelledAfterPosting,
    mapping: settings.mapping,
  }
}

/** Whether both say the same, in whatever sequence. */
export const isSame = (a: object, b: object): boolean => sorted(a) === sorted(b)

const sorted = (value: object): string =>
  JSON.stringify(value, (_, part: unknown) =>
    isGroup(part) ? Object.fromEntries(Object.entries(part).toSorted(([x], [y]) => (x < y ? -1 : 1))) : part,
  )

export const isGroup = (value: unknown): value is Group =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

export type Path = readonly [string, ...string[]]

export function valueAt(group: Group, path: readonly string[]): unknown {
  const [key, ...rest] = path
  if (key === undefined) return group
  const value = Object.hasOwn(group, key) ? group[key] : undefined
  return rest.length === 0 ? value : isGroup(value) ? valueAt(value, rest) : undefined
}

export const textAt = (group: Group, path: readonly string[]): string => {
  const value = valueAt(group, path)
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** The group with a value at the path; `undefined` takes it away, and groups that are empty then. */
export function withValue(group: Group, path: Path, value: unknown): Group {
  const [key, ...rest] = path
  const { [key]: old, ...others } = group
  const inner = rest as unknown as Path
  const next = rest.length === 0 ? value : withValue(isGroup(old) ? old : {}, inner, value)
  const isNothing =
    next === undefined || (value === undefined && isGroup(next) && Object.keys(next).length === 0)
  if (isNothing) return others
  // In its own place: what a person reads keeps its sequence.
  return Object.hasOwn(group, key)
    ? Object.fromEntries(Object.entries(group).map(([name, was]) => [name, name === key ? next : was]))
    : { ...group, [key]: next }
}

/** Every part of the mapping that the form shows. */
const shown: Path[] = [
  ['payment', 'field'],
  ['payment', 'methods'],
  ['payment', 'otherwise'],
  ['shipping', 'methods'],
  ['shipping', 'otherwise'],
  ['tax', 'mode'],
  ['tax', 'codes'],
  ['tax', 'otherwise'],
  ['tax', 'none'],
  ['tax', 'shippingTaxCode'],
  ['tax', 'item'],
  ['tax', 'type'],
  ['items', 'skuField'],
  ['items', 'bySku'],
  ['items', 'byKind'],
  ['items', 'roundingUpTo'],
  ['customers', 'match'],
  ['customers', 'create'],
  ['customers', 'fallback'],
  ['customers', 'subsidiary'],
  ['defaults', 'subsidiary'],
  ['defaults', 'location'],
  ['defaults', 'department'],
  ['defaults', 'class'],
  ['defaults', 'customForm'],
  ['defaults', 'orderStatus'],
  ['defaults', 'priceLevel'],
  ['defaults', 'memo'],
  ['addresses', 'states'],
  ['fields'],
]

/** What the form does not show of it. */
export const restOf = (mapping: Group): Group =>
  shown.reduce((rest, path) => withValue(rest, path, undefined), mapping)

/** A word of the shop in a table of the mapping. */
export interface MethodRow {
  word: string
  title: string
  /** How many of the newest orders say it. */
  orders: number
  /** The chosen record; null: nobody has chosen yet. */
  value: string | null
}

/**
 * The rows of a table: first what orders said and nobody has mapped, then what is mapped. `asked` are words that stop
 * older orders; `begun` those of rows that were there when the form was opened, which keep their place.
 */
export function rowsOf(
  methods: Group,
  { seen, asked, begun }: { seen: SeenValue[]; asked: string[]; begun: ReadonlySet<string> },
): MethodRow[] {
  const ordersOf = (word: string) => seen.find(({ names }) => names.includes(word))
  const isMapped = ({ names }: SeenValue) =>
    names.some((name) => Object.hasOwn(methods, name) && begun.has(name))
  const open: MethodRow[] = seen
    .filter((value) => !isMapped(value))
    .map(({ value, title, orders }) => ({ word: value, title, orders, value: null }))
  for (const word of asked)
    if (
      !open.some((row) => row.word === word) &&
      !seen.some(({ names }) => names.includes(word)) &&
      !begun.has(word)
    )
      open.push({ word, title: word, orders: 0, value: null })
  const first = open.map((row) => ({ ...row, value: textAt(methods, [row.word]) || null }))
  const others = Object.keys(methods)
    .filter((word) => !first.some((row) => row.word === word))
    .map((word) => ({
      word,
      title: ordersOf(word)?.title ?? word,
      orders: ordersOf(word)?.orders ?? 0,
      value: textAt(methods, [word]),
    }))
  return [...first, ...others]
}

/** What is wrong at a field, or below it. */
export function mistakeAt(mistakes: Mistake[], field: string): string | undefined {
  const found = mistakes.find(
    (one) => one.field === field || one.field.startsWith(`${field}.`) || one.field.startsWith(`${field}[`),
  )
  return found && inWords(found.message)
}

/** The message without the name of the key in the file: it stands beside the field's own label. */
export function inWords(message: string): string {
  const text = message.replace(/^"[^"]*" cannot be right(?: \([^)]*\))?: /, '')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Hints of fields that stand side by side: below, so that the boxes are in one line. */
export const hintBelow: ('label' | 'input' | 'description' | 'error')[] = [
  'label',
  'input',
  'description',
  'error',
]
