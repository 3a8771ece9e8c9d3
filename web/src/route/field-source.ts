import type { SeenSource } from '../api/types.ts'
import { isGroup, textAt } from './settings.ts'

/** Where a custom field gets its value from, as a person chooses it. */
export type SourceWay = 'order' | 'text' | 'record' | 'yes' | 'no'
/** What happens with orders that say nothing there. */
export type EmptyWay = 'leave_out' | 'stop' | 'value'

export function wayOf(source: unknown): SourceWay {
  if (!isGroup(source) || 'from' in source) return 'order'
  if ('id' in source) return 'record'
  return source['value'] === true ? 'yes' : source['value'] === false ? 'no' : 'text'
}

/** A source of this way to begin with. */
export function sourceOf(way: SourceWay): unknown {
  if (way === 'order') return ''
  if (way === 'record') return { id: '' }
  return { value: way === 'text' ? '' : way === 'yes' }
}

/** The path into the order. */
export const pathOf = (source: unknown): string =>
  isGroup(source) ? textAt(source, ['from']) : typeof source === 'string' ? source : ''

const otherwiseOf = (source: unknown): unknown => (isGroup(source) ? source['otherwise'] : undefined)

export function emptyWayOf(source: unknown): EmptyWay {
  const otherwise = otherwiseOf(source)
  return isGroup(otherwise) ? 'value' : otherwise === 'stop' ? 'stop' : 'leave_out'
}

export const emptyTextOf = (source: unknown): string => {
  const otherwise = otherwiseOf(source)
  return isGroup(otherwise) ? textAt(otherwise, ['value']) : ''
}

/** The shortest way to write it: what is left out where an order says nothing is a path alone. */
export function fromOrder(path: string, way: EmptyWay, text: string): unknown {
  if (way === 'leave_out') return path
  return { from: path, otherwise: way === 'stop' ? 'stop' : { value: text } }
}

const longest = 40

/** What stands there in the newest order, as an example. */
export const exampleOf = (seen: SeenSource[], path: string): string | null => {
  const example = seen.find((source) => source.path === path)?.example
  if (example === undefined) return null
  return example.length <= longest ? example : `${example.slice(0, longest - 1)}…`
}
