import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allowList, bare, isPublicAddress, permitted } from '../../src/connectors/addresses.ts'

describe('addresses of the public internet', () => {
  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2a00:1450:4001::1', '2606:4700::1111'])(
    '%s is one',
    (address) => {
      expect(isPublicAddress(address)).toBe(true)
    },
  )

  it.each([
    ['0.0.0.0', 'this host'],
    ['10.1.2.3', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['169.254.169.254', 'link-local, cloud metadata'],
    ['100.64.0.1', 'carrier-grade NAT'],
    ['100.127.255.255', 'carrier-grade NAT'],
    ['192.0.2.1', 'documentation'],
    ['198.18.0.1', 'benchmarks'],
    ['224.0.0.1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'mapped IPv4'],
    ['::ffff:8.8.8.8', 'mapped IPv4, even a public one'],
    ['::ffff:7f00:1', 'mapped IPv4'],
    ['64:ff9b::7f00:1', 'NAT64'],
    ['2002:7f00:1::', '6to4'],
    ['2001:0:4136:e378:8000:63bf:3fff:fdd2', 'Teredo'],
    ['fc00::1', 'unique local'],
    ['fd12:3456::1', 'unique local'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local with a zone'],
    ['ff02::1', 'multicast'],
    ['2001:db8::1', 'documentation'],
    ['localhost', 'no address'],
    ['', 'no address'],
  ])('%s is none (%s)', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })

  it('holds none of 10.0.0.0/8, whatever the rest', () => {
    const byte = fc.integer({ min: 0, max: 255 })
    fc.assert(fc.property(byte, byte, byte, (a, b, c) => !isPublicAddress(`10.${a}.${b}.${c}`)))
    expect(isPublicAddress('11.0.0.1')).toBe(true)
  })
})

describe('WAYBILL_ALLOW_HOSTS', () => {
  it('allows named hosts with all their addresses, single addresses and ranges', () => {
    const allow = allowList([
      'shop.test',
      '10.0.0.5',
      '192.168.0.0/16',
      'fd00::/8',
      '[::1]',
      ' ',
      'Upper.Test',
      'dotted.test.',
    ])
    expect(permitted('shop.test', ['10.9.9.9'], allow)).toEqual(['10.9.9.9'])
    expect(permitted('UPPER.test.', ['127.0.0.1'], allow)).toEqual(['127.0.0.1'])
    expect(permitted('dotted.test', ['127.0.0.1'], allow)).toEqual(['127.0.0.1'])
    expect(
      permitted('other.test', ['10.0.0.5', '10.0.0.6', '192.168.7.7', 'fd12::1', '::1', '8.8.8.8'], allow),
    ).toEqual(['10.0.0.5', '192.168.7.7', 'fd12::1', '::1', '8.8.8.8'])
  })

  it('allows nothing private by itself', () => {
    expect(permitted('localhost', ['127.0.0.1', '::1'], allowList([]))).toEqual([])
  })

  it.each([
    '10.0.0.0/33',
    '10.0.0.0/',
    'fd00::/129',
    '10.0.0.0/8/8',
    'https://shop.test',
    'shop.test/24',
    'a b',
    '127.1',
    '0x7f.0.0.1',
    '2130706433',
  ])('refuses the entry %s, which would allow nothing', (entry) => {
    expect(() => allowList([entry])).toThrow(/WAYBILL_ALLOW_HOSTS/)
  })

  it('compares hosts without brackets, case and closing dot', () => {
    expect([bare('[::1]'), bare('Shop.Example.')]).toEqual(['::1', 'shop.example'])
  })
})
