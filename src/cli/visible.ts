/** What a terminal would obey instead of showing: control characters but line breaks and tabs, and turns of direction. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const obeyed = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g

/** A text of a shop's customers, or of a vendor, that a terminal may show: it moves no cursor and hides nothing. */
export const visible = (text: string): string => text.replaceAll('\r\n', '\n').replaceAll(obeyed, '\uFFFD')

/** JSON as a terminal may show it. It says the same: the characters are written as escapes. */
export const visibleJson = (json: string): string =>
  json.replaceAll(obeyed, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** A copy of what JSON brought, with every text in it made visible. */
export function allVisible(value: unknown): unknown {
  if (typeof value === 'string') return visible(value)
  if (Array.isArray(value)) return value.map(allVisible)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, allVisible(part)]))
}
