/** What PHP does to addresses and JSON, where WooCommerce's behaviour depends on it. */

/** A value of `$_GET`: text, or an ordered array as in `status[]=a&status[]=b`. */
export type PhpValue = string | PhpArray
export type PhpArray = Map<string, PhpValue>

/** Reads a query string as PHP does: `+` is a space, `a[]=` and `a[b]=` build arrays, the last of equal names wins. */
export function parseQuery(query: string): PhpArray {
  const result: PhpArray = new Map()
  for (const pair of query.split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = decode(equals < 0 ? pair : pair.slice(0, equals))
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1))
    assign(result, name, value)
  }
  return result
}

function assign(target: PhpArray, name: string, value: string): void {
  const bracket = name.indexOf('[')
  if (bracket <= 0) {
    target.set(name, value)
    return
  }
  const keys = [name.slice(0, bracket)]
  for (const [, key = ''] of name.slice(bracket).matchAll(/\[([^\]]*)\]/g)) keys.push(key)
  let array = target
  keys.forEach((key, depth) => {
    const slot = key === '' ? String(array.size) : key
    if (depth === keys.length - 1) {
      array.set(slot, value)
      return
    }
    const inner = array.get(slot)
    if (inner instanceof Map) array = inner
    else {
      const made: PhpArray = new Map()
      array.set(slot, made)
      array = made
    }
  })
}

function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}

/** PHP's `rawurlencode`. */
export const rawUrlEncode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

/** PHP's `urlencode`, which WordPress uses in the links it writes. */
export const urlEncode = (text: string): string =>
  rawUrlEncode(text).replaceAll('%20', '+').replaceAll('~', '%7E')

/** Writes a query as WordPress does: `status%5B0%5D=any&page=2`. */
export function buildQuery(query: PhpArray, prefix = ''): string {
  const parts: string[] = []
  for (const [key, value] of query) {
    const name = prefix === '' ? urlEncode(key) : `${prefix}%5B${urlEncode(key)}%5D`
    if (value instanceof Map) parts.push(buildQuery(value, name))
    else parts.push(`${name}=${urlEncode(value)}`)
  }
  return parts.filter((part) => part !== '').join('&')
}

export const textOf = (query: PhpArray, name: string): string | undefined => {
  const value = query.get(name)
  return typeof value === 'string' ? value : undefined
}

/** A list given as `a,b`, `a b`, `name[]=a&name[]=b` or `name[0]=a`. */
export function listOf(query: PhpArray, name: string): string[] | undefined {
  const value = query.get(name)
  if (value === undefined) return undefined
  if (value instanceof Map) return [...value.values()].filter((item) => typeof item === 'string')
  return value.split(/[\s,]+/).filter((item) => item !== '')
}

/** JSON as `wp_json_encode` writes it: slashes escaped, everything beyond ASCII as \u escapes. */
export const phpJson = (value: unknown): string =>
  JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replace(/[\u007f-\uffff]/g, (c) =>
      c === '\u007f' ? c : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
