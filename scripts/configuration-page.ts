// Writes docs/configuration.md from the schemas that read waybill.yaml. Run it after changing one of them:
//   node scripts/configuration-page.ts
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { z } from 'zod'
import { formatDuration } from '../src/config/durations.ts'
import { notificationsSchema, retentionSchema, routeSchema } from '../src/config/file-schema.ts'
import {
  filterField,
  filterFields,
  type FilterKind,
  furtherFields,
  operatorsFor,
} from '../src/order/filter-fields.ts'
import { backends, channels } from '../src/connectors/index.ts'

const docs = join(import.meta.dirname, '..', 'docs')
export const file = join(docs, 'configuration.md')
const template = join(import.meta.dirname, 'configuration-page.template.md')

interface Node {
  type?: string | string[]
  description?: string
  default?: unknown
  enum?: unknown[]
  const?: unknown
  anyOf?: Node[]
  items?: Node
  properties?: Record<string, Node>
  required?: string[]
  additionalProperties?: Node | boolean
  propertyNames?: Node
  pattern?: string
  format?: string
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
}

/** Texts of a form of their own that a schema checks in code, where its outline does not show it. */
const forms: Record<string, string> = {
  'import.every': 'duration',
  'import.since': 'day or time',
  'import.filters[].atLeast': 'amount',
  'import.filters[].atMost': 'amount',
  'autoCancel.after': 'duration',
  'autoCancel.warn': 'list of durations',
  'summary.at': 'time of the day',
  history: 'duration',
  webhooks: 'duration',
}

const outline = (schema: z.ZodType): Node =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as Node

interface Row {
  key: string
  type: string
  fallback: string
  meaning: string
}

/** The page: the template with a table in the place of each `{{name}}`. */
export async function configurationPage(): Promise<string> {
  const route = { name: 'a', from: 'b', to: 'c', import: { since: '2026-01-01' } }
  const tables: Record<string, string> = {
    route: tableOf(routeSchema, routeSchema.parse(route), ['mapping']),
    notifications: tableOf(notificationsSchema, undefined),
    retention: tableOf(retentionSchema, retentionSchema.parse({})),
    filterFields: fieldsOfFilters(),
  }
  for (const { kind, config } of [...channels, ...backends]) tables[kind] = tableOf(config, undefined)
  for (const { kind, mapping } of backends) tables[`${kind}.mapping`] = tableOf(mapping, mapping.parse({}))
  const named = new Set<string>()
  const text = (await readFile(template, 'utf8')).replaceAll(/\{\{(.+?)\}\}/g, (_, name: string) => {
    const table = tables[name]
    if (table === undefined) throw new Error(`${template} names {{${name}}}, which no schema gives`)
    named.add(name)
    return table
  })
  const missing = Object.keys(tables).filter((name) => !named.has(name))
  if (missing.length > 0) throw new Error(`${template} does not name ${missing.join(', ')}`)
  return format(text, { ...(await resolveConfig(file)), parser: 'markdown' })
}

function tableOf(schema: z.ZodType, defaults: unknown, leftOut: string[] = []): string {
  const root = outline(schema)
  const rows = rowsOf(root, defaults).filter(({ key }) => !leftOut.includes(key))
  const undescribed = rows.filter(({ meaning }) => meaning === '').map(({ key }) => key)
  if (undescribed.length > 0) throw new Error(`keys without a description: ${undescribed.join(', ')}`)
  return [
    '| key | value | default | meaning |',
    '| --- | --- | --- | --- |',
    ...rows.map(({ key, type, fallback, meaning }) =>
      [`\`${key}\``, type, fallback, sentence(meaning)]
        .map(cell)
        .reduce((row, part) => `${row} ${part} |`, '|'),
    ),
  ].join('\n')
}

const kindWords: Record<FilterKind, string> = {
  text: 'Texts',
  amount: 'Amounts',
  list: 'Lists',
  time: 'Times',
  free: 'Further fields of the shop',
}

/** The fields that have the same to be said of them stand together. */
function fieldsOfFilters(): string {
  const further = filterField(`${furtherFields}NAME`)!
  const byKind = Map.groupBy([...filterFields, further], ({ kind }) => kind)
  const code = (words: readonly string[]) => words.map((word) => `\`${word}\``).join(', ')
  return [...byKind]
    .map(([kind, fields]) => {
      const operators = code(operatorsFor({ kind }))
      return `- **${kindWords[kind]}**: ${code(fields.map(({ field }) => field))}. With ${operators}.`
    })
    .join('\n')
}

const cell = (text: string): string =>
  text.replaceAll('|', '\\|').replaceAll('<', '\\<').replaceAll('\n', ' ')

/** With a capital, unless it begins with a word of the file itself. */
const sentence = (text: string): string =>
  /^[a-z]+[A-Z:]|^(true|false)\b/.test(text) ? text : text.slice(0, 1).toUpperCase() + text.slice(1)

function rowsOf(node: Node, defaults: unknown, path = ''): Row[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const at = path === '' ? key : `${path}.${key}`
    const given = isGroup(defaults) ? defaults[key] : undefined
    const groups = (child.anyOf ?? [child]).filter((each) => each.properties)
    const entries = child.items?.properties ? rowsOf(child.items, undefined, `${at}[]`) : []
    if (groups.length === 0) {
      const isNeeded = node.required?.includes(key) === true
      const fallback = isNeeded ? '**needed**' : shown(at, given ?? child.default)
      const type = entries.length > 0 ? 'list of groups' : (forms[at] ?? typeOf(child))
      const head = { key: at, type, fallback, meaning: child.description ?? '' }
      return [head, ...entries.map(inside)]
    }
    const inner = groups.flatMap((group) => rowsOf(group, given, at))
    // A group of two forms, or one that may be something else, is said itself; others speak by their keys.
    if (child.anyOf === undefined)
      return node.required?.includes(key) || given !== undefined ? inner : inner.map(inside)
    const isNeeded = node.required?.includes(key) === true
    const fallback = isNeeded ? '**needed**' : shown(at, given ?? child.default)
    const head = { key: at, type: formsOf(child.anyOf), fallback, meaning: child.description ?? '' }
    return [
      head,
      ...inner.map((row) => ({
        ...row,
        fallback: row.fallback.replace('**needed**', 'needed in this form'),
      })),
    ]
  })
}

/** A key within what may be left out as a whole. */
const inside = (row: Row): Row => ({ ...row, fallback: row.fallback.replace('**needed**', 'needed with it') })

/** The forms that a group may have, by what each says of itself. */
const formsOf = (branches: Node[]): string =>
  branches
    .map((branch) => (branch.properties ? (branch.description ?? 'group') : typeOf(branch)))
    .join('; or ')

function typeOf(node: Node): string {
  if (isId(node)) return 'id'
  if (node.const !== undefined) return `\`${String(node.const)}\``
  if (node.enum) return node.enum.map((value) => `\`${String(value)}\``).join(', ')
  if (node.anyOf) return [...new Set(node.anyOf.map(typeOf))].join(' or ')
  if (node.properties)
    return Object.entries(node.properties)
      .map(([key, child]) => `\`{ ${key}: ${plain(child)} }\``)
      .join(', ')
  if (node.type === 'object' && typeof node.additionalProperties === 'object')
    return `${node.propertyNames?.enum ? 'kind' : 'name'} → ${typeOf(node.additionalProperties)}`
  if (node.type === 'array') return `list of ${typeOf(node.items ?? {})}`
  if (node.type === 'boolean') return '`true` or `false`'
  if (node.type === 'integer') return range('whole number', node)
  if (node.type === 'number') return range('number', node)
  if (node.format === 'uri') return 'address'
  if (node.format === 'email') return 'e-mail address'
  if (node.pattern?.includes('(ms|s|m')) return 'duration'
  if (node.pattern === String.raw`^\d+(\.\d+)?$`) return 'amount'
  if (node.pattern?.startsWith('^(order|')) return 'path'
  return 'text'
}

const plain = (node: Node): string => (isId(node) ? 'id' : 'value')

/** The internal id of a record: written as a number or as text. */
const isId = (node: Node): boolean =>
  node.anyOf?.length === 2 &&
  node.anyOf[0]?.type === 'string' &&
  node.anyOf[0].enum === undefined &&
  node.anyOf[1]?.type === 'integer'

function range(what: string, { minimum, maximum, exclusiveMinimum }: Node): string {
  if (exclusiveMinimum !== undefined) return `${what} above ${exclusiveMinimum}`
  return minimum === undefined || maximum === undefined ? what : `${what}, ${minimum} to ${maximum}`
}

function shown(path: string, value: unknown): string {
  if (value === undefined || (isGroup(value) && Object.keys(value).length === 0)) return ''
  if (forms[path] === 'duration' && typeof value === 'number') return `\`${formatDuration(value)}\``
  if (Array.isArray(value)) return value.length === 0 ? '' : `\`[${value.join(', ')}]\``
  return `\`${String(value)}\``
}

const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

if (import.meta.main) await writeFile(file, await configurationPage())
