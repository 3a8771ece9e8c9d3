/**
 * JSON as PHP sites send it. WordPress plug-ins print warnings, blank lines and byte order marks before (or after) the
 * answer (recordings/woocommerce-11.0.1 broken.json: "PHP warning printed before the JSON", "byte order mark …"), and
 * an order must be kept with the exact bytes the shop sent, one by one.
 */

export interface FoundJson {
  value: unknown
  /** Exactly the JSON, without what stood around it. */
  text: string
  /** What stood around it, shortened; null when nothing did. */
  noise: string | null
}

const attempts = 200
/** Each bracket that is never closed costs a walk to the end of the answer. */
const walksToTheEnd = 10
const beginsJson = /^[{[]\s*[{"]/
const isPage = /<[/!]?(doctype|html|head|body|script)\b/i

/**
 * Finds the JSON object or array in an answer: the first `{` or `[` from which a value parses. Null when there is
 * none: a web page, an empty or a cut answer.
 */
export function findJson(body: string): FoundJson | null {
  const whole = parse(body)
  if (whole !== undefined) return isContainer(whole) ? { value: whole, text: body, noise: null } : null
  let tried = 0
  let unclosed = 0
  let from = 0
  for (const match of body.matchAll(/[{[]/g)) {
    if (match.index < from) continue
    if (++tried > attempts) return null
    const end = endOfValue(body, match.index)
    if (end === null) {
      // An answer that is cut off: what is whole inside it is a part of it.
      if (beginsJson.test(body.slice(match.index, match.index + 40))) return null
      if (++unclosed === walksToTheEnd) return null
      continue
    }
    // What is inside a value that does not parse is a part of it, never the answer: an order's lines are no orders.
    from = end
    const text = body.slice(match.index, end)
    const value = parse(text)
    if (value === undefined || !isContainer(value)) continue
    const [before, after] = [body.slice(0, match.index), body.slice(end)]
    // A page's scripts hold JSON too, and a warning a `[]` of its own; an answer is what fills the rest.
    if (isPage.test(before) || isPage.test(after) || after.trim().length > text.length) continue
    const noise = (before + after).replaceAll(/[\uFEFF\s]+/g, ' ').trim()
    return { value, text, noise: noise === '' ? null : noise.slice(0, 300) }
  }
  return null
}

/**
 * Cuts an array into the exact texts of its elements, by brackets and strings alone: an element that is not valid JSON
 * in itself does not keep the others from being read. Null when the text is no whole array.
 */
export function elementsOf(array: string): string[] | null {
  const start = array.search(/\S/)
  if (array[start] !== '[') return null
  const end = endOfValue(array, start)
  if (end === null) return null
  const elements: string[] = []
  let from = start + 1
  for (let at = from; at < end;) {
    const char = array[at]
    if (char === ',' || at === end - 1) {
      const element = array.slice(from, at).trim()
      if (element !== '') elements.push(element)
      from = at + 1
      at++
    } else at = char === '{' || char === '[' || char === '"' ? (endOfValue(array, at) ?? end) : at + 1
  }
  return elements
}

/**
 * Finds a value that is whole by its brackets but not valid JSON: an order with a stray comma is kept and shown as
 * unreadable, and does not keep the others of its page from being read. `value` is undefined. Null when brackets do not
 * close at the end of the answer: it is cut off, or no JSON at all.
 */
export function findBrokenJson(body: string): FoundJson | null {
  const text = body.replace(/^[\uFEFF\s]+/, '').trimEnd()
  if (!/^[{[]/.test(text) || endOfValue(text, 0) !== text.length) return null
  return { value: undefined, text, noise: null }
}

/** Where the object, array or string that begins at `start` ends; null when it never does. */
function endOfValue(text: string, start: number): number | null {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const char = text[at]
    if (char === '"') {
      at = endOfString(text, at)
      if (at === -1) return null
    } else if (char === '{' || char === '[') depth++
    else if (char === '}' || char === ']') depth--
    if (depth === 0) return at + 1
  }
  return null
}

/** The index of the quote that closes the string opened at `start`; -1 when none does. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = 0
    while (text[at - 1 - slashes] === '\\') slashes++
    if (slashes % 2 === 0) return at
  }
  return -1
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isContainer = (value: unknown) => typeof value === 'object' && value !== null

/** More digits than a double prints; PHP prints doubles as JavaScript does. */
const longNumber = /[:[,]\s*-?(?:\d{16}|[\d.]{19})/

/**
 * Parses JSON without loss: a number with more digits than a double has comes as the text that was sent. Throws the
 * SyntaxError of `JSON.parse`.
 */
export function parseExactly(text: string): unknown {
  // A reviver is six times slower, and hardly ever needed.
  if (!longNumber.test(text)) return JSON.parse(text)
  const reviver = (_key: string, value: unknown, context: { source?: string }) =>
    typeof value === 'number' && context.source !== String(value) ? context.source : value
  return JSON.parse(text, reviver as (key: string, value: unknown) => unknown)
}

/** Line and column of a JSON syntax error, as an editor counts them; null when the text is valid. */
export function placeOfSyntaxError(text: string): string | null {
  try {
    JSON.parse(text)
    return null
  } catch (error) {
    const at = /position (\d+)/.exec(String(error))?.[1]
    const before = text.slice(0, at === undefined ? text.length : Number(at))
    return `line ${before.split('\n').length}, column ${before.length - before.lastIndexOf('\n')}`
  }
}
