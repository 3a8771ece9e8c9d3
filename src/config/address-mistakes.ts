import { isIP } from 'node:net'
import { type AllowList, bare, permitted } from '../connectors/addresses.ts'
import { strings } from './substitute.ts'
import { type Mistake, type Path, pathText, type YamlSource } from './yaml-source.ts'

/** Web addresses in a part of the file that are not to be asked, or that show a password. */
export function addressMistakes(value: unknown, source: YamlSource, at: Path, allow: AllowList): Mistake[] {
  return strings(value).flatMap(({ path, text }) => {
    const place = { ...source.at([...at, ...path]), path: pathText([...at, ...path]) }
    const host = privateHost(text)
    const isPrivate =
      host !== null && permitted(host, [host === 'localhost' ? '127.0.0.1' : host], allow).length === 0
    return [
      ...(carriesLogin(text)
        ? [
            {
              ...place,
              message: 'The address carries a user name or password',
              fix: 'Write the address without them: an address is shown and kept as it is, and only credentials are encrypted.',
            },
          ]
        : []),
      ...(isPrivate
        ? [
            {
              ...place,
              message: `${host} is a private address`,
              fix: `Write the public address, or start Waybill with WAYBILL_ALLOW_HOSTS=${host}.`,
            },
          ]
        : []),
    ]
  })
}

function carriesLogin(text: string): boolean {
  const url = /^https?:\/\//i.test(text) ? URL.parse(text) : null
  return url !== null && (url.username !== '' || url.password !== '')
}

/** The host of a web address that names no domain but an address of its own, or this machine. */
function privateHost(text: string): string | null {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return null
  const host = bare(new URL(text).hostname)
  if (host === 'localhost' || host.endsWith('.localhost')) return 'localhost'
  return isIP(host) === 0 ? null : host
}
