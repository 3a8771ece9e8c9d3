import type { StoredConfig } from './desired.ts'
import { isName, mapStrings, namesOf, strings, substitute } from './substitute.ts'
import { type Mistake, type Path, pathText, type YamlSource } from './yaml-source.ts'

/** A part of the file with the environment's values in place, and what is to be stored of it. */
export interface Substituted {
  /** With real values: for checking only, never to be shown. */
  value: unknown
  mistakes: Mistake[]
}

/**
 * Puts values in the place of `${NAME}`. A name that `values` lacks is taken from what is stored under the same name at
 * the same place; a name without any value is a mistake.
 */
export function fillIn(
  input: unknown,
  values: Record<string, string>,
  stored: StoredConfig | null,
  source: YamlSource,
  at: Path,
): Substituted {
  const mistakes: Mistake[] = []
  const before = stored ? strings(stored.config).map(({ path, text }) => ({ key: pathText(path), text })) : []
  const value = mapStrings(input, (text, path) => {
    const key = pathText(path)
    const missing = namesOf(text).filter((name) => !Object.hasOwn(values, name))
    if (missing.length === 0) return substitute(text, values)
    // An entry of a list may have changed its place in it.
    const same = before.filter((old) => old.text === text && inAnyEntry(old.key) === inAnyEntry(key))
    const kept = same.find((old) => old.key === key) ?? same[0]
    if (kept && Object.hasOwn(stored!.secrets, kept.key)) return stored!.secrets[kept.key]!
    for (const name of missing) {
      const place = { ...source.at([...at, ...path]), path: pathText([...at, ...path]) }
      mistakes.push(
        isName(name)
          ? {
              ...place,
              message: `The environment has no ${name}`,
              fix: `Set it for this command: ${name}=… waybill apply …`,
            }
          : {
              ...place,
              message: `"\${${name}}" is not a name of the environment`,
              fix: 'Write ${NAME} with letters, digits and "_", or $${ for the characters themselves.',
            },
      )
    }
    return text
  })
  return { value, mistakes }
}

/** The settings in which a text that was left empty stands for the secret stored at its place. */
export function keepSecrets(settings: unknown, stored: Record<string, unknown>): unknown {
  const kept = new Map(
    strings(stored).flatMap(({ path, text }) => (namesOf(text).length > 0 ? [[pathText(path), text]] : [])),
  )
  return mapStrings(settings, (text, path) => (text === '' ? (kept.get(pathText(path)) ?? '') : text))
}

const inAnyEntry = (key: string): string => key.replaceAll(/\[\d+\]/g, '[]')

/**
 * What is stored: the settings as written with their secrets apart. Texts that came from the environment are secret, and
 * so is every text under one of `secretPaths`; where such a text is written out in the file, a name is made for it.
 */
export function setSecretsApart(
  owner: string,
  written: unknown,
  value: unknown,
  secretPaths: readonly string[],
): StoredConfig {
  const real = new Map(strings(value).map(({ path, text }) => [pathText(path), text]))
  const secrets: Record<string, string> = {}
  const taken = new Set(strings(written).flatMap(({ text }) => namesOf(text)))
  const config = mapStrings(written, (text, path) => {
    const key = pathText(path)
    const place = inAnyEntry(key)
    const isSecret = secretPaths.some(
      (secret) => place === secret || ['.', '['].some((next) => place.startsWith(secret + next)),
    )
    if (namesOf(text).length === 0 && !isSecret) return text
    secrets[key] = real.get(key) ?? text
    return namesOf(text).length > 0 ? text : `\${${madeName(owner, path, taken)}}`
  })
  return { config: config as Record<string, unknown>, secrets }
}

/** The settings with their real values: never to be shown. */
export function withSecrets(stored: StoredConfig): Record<string, unknown> {
  return mapStrings(stored.config, (text, path) => {
    const key = pathText(path)
    return Object.hasOwn(stored.secrets, key) ? stored.secrets[key]! : substitute(text, {})
  }) as Record<string, unknown>
}

/** A name of the environment for a place; another one where the file has that name already. */
function madeName(owner: string, path: Path, taken: Set<string>): string {
  const spaced = [owner, ...path].join('_').replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
  const name = spaced
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase()
    .replace(/^(\d)/, '_$1')
  let free = name
  for (let n = 2; taken.has(free); n += 1) free = `${name}_${n}`
  taken.add(free)
  return free
}
