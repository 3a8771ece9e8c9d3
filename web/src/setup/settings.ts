/** What a person has typed, by the path of the setting: "url", "credentials.consumerKey". */
export type Typed = Record<string, string>
export type Settings = Record<string, unknown>

/** A secret as the server tells of it: the name that stands for it. */
const nameOf = (text: unknown): string | null =>
  typeof text === 'string' ? (/^\$\{([A-Za-z_]\w*)\}$/.exec(text)?.[1] ?? null) : null

export function settingAt(settings: Settings, path: string): unknown {
  return path.split('.').reduce<unknown>((part, key) => (part as Settings | undefined)?.[key], settings)
}

/** Whether something is stored there that no page is told. */
export const isHidden = (settings: Settings, path: string): boolean =>
  String(settingAt(settings, path) ?? '').includes('${')

/** What stands in the fields at first: what is stored, without secrets. */
export const typedFrom = (settings: Settings, paths: string[]): Typed =>
  Object.fromEntries(
    paths.map((path) => {
      const stored = settingAt(settings, path)
      return [path, stored === undefined || isHidden(settings, path) ? '' : String(stored)]
    }),
  )

/**
 * The settings to send: those stored, with what was typed in their place. A secret that was left empty stays empty, which
 * means the stored one; one that has a name keeps it, and its value goes beside.
 */
export function settingsToSend(
  stored: Settings,
  typed: Typed,
  paths: string[],
): { settings: Settings; values: Record<string, string> } {
  const { credentials: _, ...settings } = structuredClone(stored)
  const values: Record<string, string> = {}
  for (const path of paths) {
    const text = (typed[path] ?? '').trim()
    const name = nameOf(settingAt(stored, path))
    if (text === '' && !isHidden(stored, path)) {
      put(settings, path, undefined)
    } else if (name !== null && text !== '') {
      values[name] = text
      put(settings, path, `\${${name}}`)
    } else put(settings, path, valueOf(path, text))
  }
  return { settings, values }
}

const valueOf = (path: string, text: string): string | number =>
  path === 'concurrency' && /^\d+$/.test(text) ? Number(text) : text.replaceAll('${', () => '$${')

function put(settings: Settings, path: string, value: unknown): void {
  const [first = '', ...rest] = path.split('.')
  if (rest.length === 0) {
    if (value === undefined) delete settings[first]
    else settings[first] = value
    return
  }
  const inner = (settings[first] ??= {}) as Settings
  put(inner, rest.join('.'), value)
}

/** An address as people type it: without https:// it is meant so. */
export function addressOf(text: string): string {
  const address = text.trim()
  return address === '' || /^[a-z]+:\/\//i.test(address) ? address : `https://${address}`
}

/** The address of a page of the shop's admin; null while none can be made of what is typed. */
export function adminPage(address: string, page: string): string | null {
  const url = URL.parse(addressOf(address))
  if (url === null || !/^https?:$/.test(url.protocol) || !url.hostname.includes('.')) return null
  const folder = url.pathname.replace(/\/(wp-json|wp-admin|wp-login\.php|index\.php)(\/.*)?$/, '')
  return `${url.origin}${folder.replace(/\/+$/, '')}/wp-admin/${page}`
}

/** A name for a connection made of its address: "shop.example.com" is "shop-example". */
export function nameFrom(address: string): string {
  const host = URL.parse(addressOf(address))?.hostname.replace(/^www\./, '') ?? ''
  if (/^[\d.]+$/.test(host)) return 'shop'
  const words = host.split('.')
  return (words.length > 1 ? words.slice(0, -1) : words)
    .join('-')
    .replaceAll(/[^\w-]/g, '')
    .slice(0, 63)
}
