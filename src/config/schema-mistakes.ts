import { z } from 'zod'
import { didYouMean, nearest } from './did-you-mean.ts'
import { type Mistake, type Path, pathText, type YamlSource } from './yaml-source.ts'

type Issue = z.core.$ZodIssue

interface JsonSchema {
  type?: string
  properties?: Record<string, JsonSchema>
  additionalProperties?: JsonSchema | boolean
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  items?: JsonSchema
  prefixItems?: JsonSchema[]
  description?: string
  enum?: unknown[]
  $ref?: string
}

/** A checked part of the file: what the schema gave (null when there is a mistake), and every mistake in it. */
export interface Checked<T> {
  value: T | null
  mistakes: Mistake[]
  /** The part with bare numbers as text where text is wanted. */
  input: unknown
  rewritten: { path: Path; text: string }[]
}

/**
 * Checks a part of the file with a zod schema. Unknown keys are mistakes whether the schema is strict or not. Where
 * text is wanted and the file has a bare number (an account id), the characters as written are taken. `source` tells
 * the places; `at` is where the part stands in the file.
 */
export function checkPart<T>(
  schema: z.ZodType<T>,
  input: unknown,
  source: YamlSource,
  at: Path,
  rewritten: { path: Path; text: string }[] = [],
): Checked<T> {
  const parsed = schema.safeParse(input)
  const issues = parsed.success ? [] : flatten(parsed.error.issues)
  for (const issue of issues) {
    const path = issue.path as Path
    const written = source.written([...at, ...path])
    const found = valueAt(input, path)
    const isBare = typeof found === 'number' || typeof found === 'boolean'
    if (issue.code !== 'invalid_type' || issue.expected !== 'string' || !isBare || written === null) continue
    return checkPart(schema, withValue(input, path, written), source, at, [
      ...rewritten,
      { path, text: written },
    ])
  }
  const outline = outlineOf(schema)
  const unknown = unknownKeys(outline, input, source, at)
  const told = new Set(unknown.flatMap((mistake) => [mistake.path, mistake.meant]))
  const mistakes = issues
    .flatMap((issue) => mistakeOf(issue, input, outline, source, at))
    .filter((mistake) => !told.has(mistake.path))
  const all = [...unknown.map(plain), ...mistakes]
  return { value: parsed.success && all.length === 0 ? parsed.data : null, mistakes: all, input, rewritten }
}

/** A union's issues are those of the branch that fits best. */
function flatten(issues: Issue[]): Issue[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue]
    const branches = issue.errors.map((errors) =>
      flatten(errors).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })),
    )
    const depth = issue.path.length
    const best = branches.toSorted((a, b) => misfit(a, depth) - misfit(b, depth))[0]!
    return best.every((inner) => isOfAnotherKind(inner, depth)) ? [issue] : best
  })
}

const isOfAnotherKind = (issue: Issue, depth: number): boolean =>
  (issue.code === 'invalid_type' || issue.code === 'invalid_value') && issue.path.length === depth

function misfit(issues: Issue[], depth: number): number {
  return issues.reduce((sum, issue) => {
    if (isOfAnotherKind(issue, depth)) return sum + 1000
    return sum + (issue.code === 'unrecognized_keys' ? 1 + issue.keys.length : 1)
  }, 0)
}

function outlineOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as JsonSchema
}

const branches = (node: JsonSchema): JsonSchema[] => [
  node,
  ...[node.anyOf, node.oneOf, node.allOf].flatMap((list) => (list ?? []).flatMap(branches)),
]

/** What the schema says of a key of an object node: its outlines, or null when such a key is unknown. */
function outlinesOfKey(nodes: JsonSchema[], key: string): JsonSchema[] | null {
  const found = nodes.flatMap((node) => {
    const own = node.properties
    if (own && Object.hasOwn(own, key)) return [own[key]!]
    return typeof node.additionalProperties === 'object' ? [node.additionalProperties] : []
  })
  if (found.length > 0) return found.flatMap(branches)
  const closed =
    nodes.some((node) => node.properties) && !nodes.some((node) => node.additionalProperties === true)
  return closed ? null : []
}

/** With the path of the key that was probably meant: that one is not missed as well. */
type UnknownKey = Mistake & { meant: string | null }

const plain = ({ line, column, path, message, fix }: Mistake): Mistake => ({
  line,
  column,
  path,
  message,
  fix,
})

function unknownKeys(outline: JsonSchema, input: unknown, source: YamlSource, at: Path): UnknownKey[] {
  const walk = (nodes: JsonSchema[], value: unknown, path: Path): UnknownKey[] => {
    if (Array.isArray(value)) {
      const items = nodes.flatMap((node) => (node.items ? branches(node.items) : []))
      return value.flatMap((item, i) => walk(items, item, [...path, i]))
    }
    if (value === null || typeof value !== 'object') return []
    return Object.entries(value).flatMap(([key, item]) => {
      const inner = outlinesOfKey(nodes, key)
      if (inner) return walk(inner, item, [...path, key])
      const free = knownKeys(nodes).filter((known) => !Object.hasOwn(value, known))
      const near = nearest(key, free)
      return [
        {
          ...source.at([...at, ...path, key]),
          path: pathText([...at, ...path, key]),
          message: `"${key}" is not known here`,
          fix: didYouMean(key, free),
          meant: near === null ? null : pathText([...at, ...path, near]),
        },
      ]
    })
  }
  return walk(branches(outline), input, [])
}

const knownKeys = (nodes: JsonSchema[]): string[] => [
  ...new Set(nodes.flatMap((node) => Object.keys(node.properties ?? {}))),
]

function describedAt(outline: JsonSchema, path: Path): JsonSchema[] {
  let nodes = branches(outline)
  for (const step of path)
    nodes =
      typeof step === 'number'
        ? nodes.flatMap((node) => (node.items ? branches(node.items) : []))
        : (outlinesOfKey(nodes, step) ?? [])
  return nodes
}

function mistakeOf(
  issue: Issue,
  input: unknown,
  outline: JsonSchema,
  source: YamlSource,
  at: Path,
): Mistake[] {
  const inner = issue.path as Path
  const place = (path: Path) => ({ ...source.at([...at, ...path]), path: pathText([...at, ...path]) })
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      ...place([...inner, key]),
      message: `"${key}" does not go together with the other keys here`,
      fix: 'Keep the keys of one form only.',
    }))
  const field = inner.at(-1) ?? at.at(-1) ?? 'value'
  const about = describedAt(outline, inner).find((node) => node.description)?.description
  const meaning = about === undefined ? '' : ` (${about.replace(/\.$/, '')})`
  const absent = valueAt(input, inner) === undefined
  if (absent)
    return [{ ...place(inner), message: `"${field}" is missing${meaning}`, fix: `Add it: ${wanted(issue)}.` }]
  return [
    {
      ...place(inner),
      message: `"${field}" cannot be right${meaning}: ${reason(issue)}`,
      fix: `Write ${wanted(issue)}.`,
    },
  ]
}

function reason(issue: Issue): string {
  if (issue.code === 'invalid_type') return `it must be ${aKind(issue.expected)}`
  if (issue.code === 'invalid_value') return 'it is none of the values known here'
  if (issue.code === 'invalid_union') return 'it has none of the forms known here'
  return issue.message.replace(/^Invalid input: /, '').replace(/\.$/, '')
}

function wanted(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return aKind(issue.expected)
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(', ')}`
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? `at least ${issue.minimum} ${issue.origin === 'string' ? 'characters' : 'entries'}`
        : `a number from ${issue.minimum} up`
    case 'too_big':
      return issue.origin === 'string' || issue.origin === 'array'
        ? `at most ${issue.maximum} ${issue.origin === 'string' ? 'characters' : 'entries'}`
        : `a number up to ${issue.maximum}`
    case 'invalid_format':
      return issue.format === 'regex' ? 'it in the form that is wanted' : `a valid ${issue.format}`
    case 'custom':
      return typeof issue.params?.fix === 'string' ? issue.params.fix : 'a value of the form above'
    default:
      return 'a value of the form above'
  }
}

function aKind(expected: string): string {
  const words: Record<string, string> = {
    string: 'text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    object: 'a group of keys (key: value)',
    record: 'a group of keys (key: value)',
    array: 'a list ([a, b])',
  }
  return words[expected] ?? expected
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (node, step) =>
      node !== null && typeof node === 'object'
        ? (node as Record<string | number, unknown>)[step]
        : undefined,
    value,
  )
}

/** The same value with another one at `path`. */
export function withValue(value: unknown, path: Path, replacement: unknown): unknown {
  const [step, ...rest] = path
  if (step === undefined) return replacement
  if (Array.isArray(value))
    return value.map((item, i) => (i === step ? withValue(item, rest, replacement) : item))
  const object = value as Record<string, unknown>
  return { ...object, [step]: withValue(object[step], rest, replacement) }
}

/** The same value with its keys in the order in which the schema names them; keys it does not name come last. */
export function inSchemaOrder(schema: z.ZodType, value: unknown): unknown {
  const walk = (nodes: JsonSchema[], part: unknown): unknown => {
    if (part === null || typeof part !== 'object') return part
    const items = nodes.flatMap((node) => (node.items ? branches(node.items) : []))
    if (Array.isArray(part)) return part.map((item: unknown) => walk(items, item))
    const known = knownKeys(nodes)
    const place = (key: string) => (known.includes(key) ? known.indexOf(key) : known.length)
    return Object.fromEntries(
      Object.entries(part)
        .toSorted(([a], [b]) => place(a) - place(b))
        .map(([key, item]) => [key, walk(outlinesOfKey(nodes, key) ?? [], item)]),
    )
  }
  return walk(branches(outlineOf(schema)), value)
}

/** A value that the environment did not give is one mistake, not two. */
export function unlessUnfilled(mistakes: Mistake[], unfilled: Mistake[]): Mistake[] {
  return mistakes.filter((mistake) => !unfilled.some((other) => other.path === mistake.path))
}
