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
  const before = new Map(stored ? strings(stored.config).map(({ path, text }) => [pathText(path), text]) : [])
  const value = mapStrings(input, (text, path) => {
    const key = pathText(path)
    const missing = namesOf(text).filter((name) => !Object.hasOwn(values, name))
    if (missing.length === 0) return substitute(text, values)
    if (before.get(key) === text && Object.hasOwn(stored!.secrets, key)) return stored!.secrets[key]!
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
  const config = mapStrings(written, (text, path) => {
    const key = pathText(path)
    const isSecret = secretPaths.some((secret) => key === secret || key.startsWith(`${secret}.`))
    if (namesOf(text).length === 0 && !isSecret) return text
    secrets[key] = real.get(key) ?? text
    return namesOf(text).length > 0 ? text : `\${${madeName(owner, path)}}`
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

function madeName(owner: string, path: Path): string {
  const name = [owner, ...path].join('_').replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
  return name
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase()
    .replace(/^(\d)/, '_$1')
}
