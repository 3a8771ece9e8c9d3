import { lookup as systemLookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'

/** The addresses of a name, as text. Rejects with the error of `dns.lookup` when there are none. */
export type Resolve = (hostname: string) => Promise<string[]>

export const resolveBySystem: Resolve = async (hostname) =>
  (await systemLookup(hostname, { all: true })).map((found) => found.address)

/** What is not on the public internet, and what could lead back into a private network (IANA special-purpose registries). */
const special: [string, number, 'ipv4' | 'ipv6'][] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.88.99.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 4, 'ipv4'],
  ['240.0.0.0', 4, 'ipv4'],
  ['2001::', 23, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['3fff::', 20, 'ipv6'],
]

const notPublic = new BlockList()
for (const [network, prefix, family] of special) notPublic.addSubnet(network, prefix, family)

/** IPv6 hands out public addresses from this range alone. */
const publicIpv6 = new BlockList()
publicIpv6.addSubnet('2000::', 3, 'ipv6')

/**
 * Whether an address belongs to the public internet: not private, loopback, link-local, carrier-grade NAT, IPv6 ULA,
 * multicast, documentation, nor an IPv6 form that carries an IPv4 address inside (mapped, 6to4, Teredo, NAT64).
 */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !notPublic.check(address, 'ipv4')
  if (family === 6) return publicIpv6.check(address, 'ipv6') && !notPublic.check(address, 'ipv6')
  return false
}

export interface AllowList {
  allowsHost(hostname: string): boolean
  allowsAddress(address: string): boolean
}

/**
 * Reads the entries of WAYBILL_ALLOW_HOSTS: host names, addresses and CIDR ranges. An entry of another form throws:
 * it would silently allow nothing.
 */
export function allowList(entries: string[]): AllowList {
  const hosts = new Set<string>()
  const addresses = new BlockList()
  for (const entry of entries.map((text) => text.trim().toLowerCase()).filter((text) => text !== '')) {
    const [network = '', prefix, ...rest] = entry.replace(/^\[(.*)\]$/, '$1').split('/')
    const family = isIP(network) === 6 ? 'ipv6' : 'ipv4'
    if (prefix === undefined && isHostName(network)) hosts.add(bare(network))
    else if (isIP(network) !== 0 && prefix === undefined) addresses.addAddress(network, family)
    else if (isIP(network) !== 0 && rest.length === 0 && isPrefix(prefix, family))
      addresses.addSubnet(network, Number(prefix), family)
    else
      throw new Error(`WAYBILL_ALLOW_HOSTS: "${entry}" is neither a host name, an address nor a CIDR range`)
  }
  return {
    allowsHost: (hostname) => hosts.has(bare(hostname)),
    allowsAddress: (address) => {
      const family = isIP(address)
      return family !== 0 && addresses.check(address, family === 6 ? 'ipv6' : 'ipv4')
    },
  }
}

/** A short form of an address, such as 127.1 or 0x7f.1, is none: an address of the web never keeps it. */
function isHostName(text: string): boolean {
  if (isIP(text) !== 0 || !/^[a-z0-9_.-]+$/.test(text)) return false
  const url = URL.parse(`http://${text}`)
  return url !== null && isIP(url.hostname) === 0
}

/** Which of a host's addresses may be connected to; none when it leads to a private network that is not allowed. */
export function permitted(hostname: string, addresses: string[], allow: AllowList): string[] {
  if (allow.allowsHost(hostname)) return addresses
  return addresses.filter((address) => isPublicAddress(address) || allow.allowsAddress(address))
}

/** A host name as it is compared: lower case, without the brackets of an IPv6 address and a closing dot. */
export function bare(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
}

function isPrefix(text: string | undefined, family: 'ipv4' | 'ipv6'): boolean {
  return text !== undefined && /^\d{1,3}$/.test(text) && Number(text) <= (family === 'ipv6' ? 128 : 32)
}
