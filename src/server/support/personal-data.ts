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

interface Words {
  /** The word that stands for this text from now on. */
  wordFor(text: string, kind: Personal): string
  /** Replaces every text that has a word, wherever it stands by itself. */
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
    return text.replace(pattern, (found) => wordOf.get(found.toLowerCase()) ?? '<personal>')
  }
  return { wordFor, replaceIn }
}

const keyOf = (text: string): string => text.trim().toLowerCase()

interface Spelled {
  pattern: RegExp
  /** By a spelling in small letters. */
  wordOf: Map<string, string>
}

function spellEach(texts: Map<string, string>): Spelled {
  const wordOf = new Map<string, string>()
  for (const [text, word] of texts)
    if (tellsApart(text)) for (const spelling of spellingsOf(text)) wordOf.set(spelling.toLowerCase(), word)
  const longestFirst = [...wordOf.keys()].toSorted((a, b) => b.length - a.length)
  const any = longestFirst.map((spelling) => spelling.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|')
  return {
    pattern: any === '' ? /(?!)/g : new RegExp(`(?<![\\p{L}\\p{N}])(?:${any})(?![\\p{L}\\p{N}])`, 'giu'),
    wordOf,
  }
}

/** Single letters and short numbers mean too much else to be replaced wherever they stand. */
const tellsApart = (text: string): boolean =>
  /\p{L}.*\p{L}/su.test(text) || text.replace(/\D/g, '').length > 6

/** As it stands in prose, in JSON, in an address, in a form, and in a query between quotes. */
function spellingsOf(text: string): string[] {
  const inAddress = encodeURIComponent(text)
  return [
    text,
    JSON.stringify(text).slice(1, -1),
    inAddress,
    inAddress.replaceAll("'", '%27'),
    inAddress.replaceAll("'", '%27').replaceAll('%20', '+'),
    text.replaceAll("'", "''"),
  ]
}

const emails = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu
/** A field of a JSON text with a text or a number, also where the JSON was cut off. */
const fieldInJson = /"((?:[^"\\]|\\.)*)"(\s*:\s*)("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*)/g

/** Finds what is said of people anywhere in it. */
function learn(value: Json, parent: string | null, words: Words): void {
  if (typeof value === 'string') learnFromText(value, words)
  else if (Array.isArray(value)) for (const each of value) learn(each, parent, words)
  else if (isObject(value))
    for (const [field, content] of Object.entries(value)) {
      const kind = kindOf(value, field, parent)
      if (kind === null) learn(content, field, words)
      else words.wordFor(String(content), kind)
    }
}

function learnFromText(text: string, words: Words): void {
  for (const [email] of text.matchAll(emails)) words.wordFor(email, 'email')
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

/** What a field of this object says of a person; the value of a pair such as `{ key, value }` is that of the key. */
function kindOf(object: JsonObject, field: string, parent: string | null): Personal | null {
  const content = object[field]
  if ((typeof content !== 'string' && typeof content !== 'number') || String(content).trim() === '')
    return null
  const name = object['key'] ?? object['name']
  return personalKind(field === 'value' && typeof name === 'string' ? name : field, parent)
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
