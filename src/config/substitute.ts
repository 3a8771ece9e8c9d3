import { readYaml, type Path } from './yaml-source.ts'

const reference = /\$\$\{|\$\{([^}]*)\}/g
const nameForm = /^[A-Za-z_][A-Za-z0-9_]*$/

/** The names a text refers to as `${NAME}`; `$${` stands for the characters themselves. */
export function namesOf(text: string): string[] {
  return [...text.matchAll(reference)].flatMap((match) => (match[1] === undefined ? [] : [match[1]]))
}

/** Whether the whole text is one `${NAME}`, and which. */
export function soleName(text: string): string | null {
  const names = namesOf(text)
  return names.length === 1 && text === `\${${names[0]}}` ? names[0]! : null
}

export const isName = (name: string): boolean => nameForm.test(name)

/** Puts values in the place of `${NAME}`. A name without a value stays as it is written. */
export function substitute(text: string, values: Record<string, string>): string {
  return text.replaceAll(reference, (all, name: string | undefined) => {
    if (name === undefined) return '${'
    return Object.hasOwn(values, name) ? values[name]! : all
  })
}

/** Every string in a JSON value with its path, in order. */
export function strings(value: unknown, path: Path = []): { path: Path; text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }]
  if (Array.isArray(value)) return value.flatMap((item, i) => strings(item, [...path, i]))
  if (value !== null && typeof value === 'object')
    return Object.entries(value).flatMap(([key, item]) => strings(item, [...path, key]))
  return []
}

/** The same value with every string replaced. */
export function mapStrings(
  value: unknown,
  map: (text: string, path: Path) => string,
  path: Path = [],
): unknown {
  if (typeof value === 'string') return map(value, path)
  if (Array.isArray(value)) return value.map((item, i) => mapStrings(item, map, [...path, i]))
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, mapStrings(item, map, [...path, key])]),
    )
  return value
}

/** The names a configuration file needs from the environment; none when it cannot be read. */
export function namesIn(yaml: string): string[] {
  return [...new Set(strings(readYaml(yaml).value).flatMap(({ text }) => namesOf(text)))].filter(isName)
}
