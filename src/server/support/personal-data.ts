import { type Personal, personalKind } from './personal-fields.ts'

type Json = string | number | boolean | null | undefined | Json[] | JsonObject
interface JsonObject {
  [field: string]: Json
}

/**
 * A document without what it says of people: names, addresses of all kinds, telephone numbers, notes. Each is replaced by
 * a word such as `<email 1>`, the same one wherever the same text stands, also inside the bodies and addresses of requests
 * and in sentences; so one still sees what belongs together. Country and state stay: taxes depend on them.
 */
export function withoutPersonalData<T>(document: T): T {
  const words = createWords()
  learn(document as Json, null, words)
  return replaced(document as Json, null, words) as T
}

/** A document that says of people what it says, but not the keys with which anybody can open and pay their orders. */
export const withoutOrderKeys = <T>(document: T): T =>
  JSON.parse(JSON.stringify(document).replaceAll(orderKeys, '<key>')) as T

interface Words {
  /** The word that stands for this text from now on. */
  wordFor(text: string, kind: Personal): string
  /** Replaces every text that has a word, wherever it stands by itself, but for the names of a JSON text's fields. */
  replaceIn(text: string): string
}

function createWords(): Words {
  const words = new Map<string, string>()
  /** Each as it was written: small letters are other bytes in an address. */
  const texts = new Map<string, string>()
  const counts = new Map<Personal, number>()
  let spelled: Spelled | null = null

  function wordFor(text: string, kind: Personal): string {
    const known = words.get(keyOf(text)) ?? newWord(kind)
    if (texts.has(text.trim())) return known
    words.set(keyOf(text), known)
    texts.set(text.trim(), known)
    spelled = null
    return known
  }
  function newWord(kind: Personal): string {
    const n = (counts.get(kind) ?? 0) + 1
    counts.set(kind, n)
    return `<${kind} ${n}>`
  }
  function replaceIn(text: string): string {
    const { pattern, wordOf } = (spelled ??= spellEach(texts))
    const isJson = /^\s*[[{]/.test(text)
    return text.replace(pattern, (found, at: number) =>
      isJson && isFieldName(text, at, found) ? found : (wordOf.get(found.toLowerCase()) ?? '<personal>'),
    )
  }
  return { wordFor, replaceIn }
}

const keyOf = (text: string): string => text.trim().toLowerCase()

const isFieldName = (text: string, at: number, found: string): boolean =>
  text[at - 1] === '"' && /^"\s*:/.test(text.slice(at + found.length, at + found.length + 10))

interface Spelled {
  pattern: RegExp
  /** By a spelling in small letters. */
  wordOf: Map<string, string>
}

function spellEach(texts: Map<string, string>): Spelled {
  const wordOf = new Map<string, string>()
  const spellings = new Set<string>()
  for (const [text, word] of texts)
    if (tellsApart(text))
      for (const spelling of spellingsOf(text)) {
        spellings.add(spelling)
        wordOf.set(spelling.toLowerCase(), word)
      }
  const longestFirst = [...spellings].toSorted((a, b) => b.length - a.length)
  const any = longestFirst.map((spelling) => spelling.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|')
  return {
    pattern: any === '' ? /(?!)/g : new RegExp(`(?<![\\p{L}\\p{N}])(?:${any})(?![\\p{L}\\p{N}])`, 'giu'),
    wordOf,
  }
}

/** Single letters and short numbers mean too much else to be replaced wherever they stand. */
const tellsApart = (text: string): boolean =>
  /\p{L}.*\p{L}/su.test(text) || text.replace(/\D/g, '').length > 6

/** How much of a long text a problem quotes. */
const quotedLength = 59

/** As it stands in prose, in JSON, in an address, in a form, in a query between quotes, and cut off in a problem. */
function spellingsOf(text: string): string[] {
  const inAddress = encodeURIComponent(text.toWellFormed())
  const characters = [...text]
  return [
    text,
    JSON.stringify(text).slice(1, -1),
    inAddress,
    inAddress.replaceAll("'", '%27'),
    inAddress.replaceAll("'", '%27').replaceAll('%20', '+'),
    text.replaceAll("'", "''"),
    ...(characters.length > quotedLength ? [characters.slice(0, quotedLength).join('').trim()] : []),
  ]
}

const emails = /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu
/** As WooCommerce makes the key that stands in an order's address for its customer: `wc_generate_order_key`. */
const orderKeys = /\bwc_order_[A-Za-z0-9]{10,}\b/g
/** A field of a JSON text with a text or a number, also where the JSON was cut off. */
const fieldInJson = /(?<!\\)"((?:[^"\\]|\\.)*)"(\s*:\s*)("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*)/g

/** Finds what is said of people anywhere in it. */
function learn(value: Json, parent: string | null, words: Words): void {
  if (typeof value === 'string') learnFromText(value, words)
  else if (Array.isArray(value)) for (const each of value) learn(each, parent, words)
  else if (isObject(value)) {
    learnFromFilter(value, words)
    for (const [field, content] of Object.entries(value)) {
      const kind = kindOf(value, field, parent)
      if (kind === null) learn(content, field, words)
      else words.wordFor(String(content), kind)
    }
  }
}

/** What a route's filter compares a field of people with: it stands in the configuration in its own way. */
function learnFromFilter({ field, values }: JsonObject, words: Words): void {
  if (typeof field !== 'string' || !Array.isArray(values)) return
  const [name, above] = lastOf(field.split('.'))
  const kind = personalKind(name, above ?? null)
  for (const value of kind === null ? [] : values) words.wordFor(String(value), kind!)
}

function learnFromText(text: string, words: Words): void {
  for (const [email] of text.matchAll(emails)) words.wordFor(email, 'email')
  for (const [key] of text.matchAll(orderKeys)) words.wordFor(key, 'key')
  for (const [, field, , literal] of text.matchAll(fieldInJson)) {
    const kind = kindOf({ [field!]: contentOf(literal!) }, field!, null)
    if (kind !== null) words.wordFor(contentOf(literal!), kind)
  }
  const inside = parsed(text)
  if (inside !== null) learn(inside, null, words)
}

function replaced(value: Json, parent: string | null, words: Words): Json {
  if (typeof value === 'string') return words.replaceIn(replacedByField(value, words))
  if (Array.isArray(value)) return value.map((each) => replaced(each, parent, words))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([field, content]) => {
      const kind = kindOf(value, field, parent)
      return [field, kind === null ? replaced(content, field, words) : words.wordFor(String(content), kind)]
    }),
  )
}

/** A JSON text stays as it was written, but for what its fields say of people. */
const replacedByField = (text: string, words: Words): string =>
  text.replace(fieldInJson, (whole, field: string, colon: string, literal: string) => {
    const content = contentOf(literal)
    const kind = kindOf({ [field]: content }, field, null)
    return kind === null ? whole : `"${field}"${colon}"${words.wordFor(content, kind)}"`
  })

const contentOf = (literal: string): string => {
  try {
    return String(JSON.parse(literal))
  } catch {
    return literal
  }
}

/** Words that are no one's name; replaced wherever they stand, they would take the sense of much else. */
const saysNothing = /^(?:|true|false|yes|no|on|off|none|null|n\/a)$/i

/** What a field of this object says of a person. */
function kindOf(object: JsonObject, field: string, parent: string | null): Personal | null {
  const content = object[field]
  if (
    (typeof content !== 'string' && typeof content !== 'number') ||
    saysNothing.test(String(content).trim())
  )
    return null
  const [name, above] = named(object, field)
  return personalKind(name, above ?? parent)
}

/**
 * What a value is called: that of a pair such as `{ key, value }` by its key, those of a difference or of a change of the
 * record by the field that is different, with what it belongs to.
 */
function named(object: JsonObject, field: string): [string, string?] {
  const { key, name, field: path, label } = object
  const pair = key ?? name
  if (field === 'value' && typeof pair === 'string') return [pair]
  if (['before', 'after'].includes(field) && typeof path === 'string')
    return path === 'note' ? ['customer_note'] : lastOf(path.split(/[./]/))
  if (['sent', 'found', 'wanted'].includes(field) && typeof label === 'string')
    return lastOf(label.split(': '))
  return [field]
}

function lastOf(parts: string[]): [string, string?] {
  const [name = '', above] = parts.toReversed()
  return above === undefined ? [name] : [name, above]
}

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function parsed(text: string): Json {
  if (!/^\s*[[{]/.test(text)) return null
  try {
    return JSON.parse(text) as Json
  } catch {
    return null
  }
}
