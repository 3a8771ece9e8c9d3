import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../../src/root.ts'
import {
  addressOf,
  adminPage,
  isHidden,
  nameFrom,
  settingsToSend,
  typedFrom,
} from '../../web/src/setup/settings.ts'
import { setupTexts } from '../../web/src/texts-setup.ts'

const strings = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : value !== null && typeof value === 'object'
      ? Object.values(value).flatMap(strings)
      : []

describe('the guide on the page', () => {
  it('names the menus, permissions and command of the README', async () => {
    const readme = (await readFile(path.join(root, 'README.md'), 'utf8'))
      .replaceAll(/[_*`]/g, '')
      .replaceAll(/\s+/g, ' ')
    const texts = strings(setupTexts)
    const menus = texts.flatMap((text) => [...text.matchAll(/\*([^*]+ > [^*]+)\*/g)].map(([, menu]) => menu!))
    const { role, certificate } = setupTexts.netsuite
    const permissions = Object.values(role.signIn).flatMap((signIn) =>
      role.rows(signIn).map(([, name]) => name!),
    )
    const named = permissions.flatMap((list) => list.split(/, (?:and the )?/))
    expect(menus.length).toBeGreaterThan(8)
    const missing = [...menus, ...named, certificate.command].filter((text) => !readme.includes(text))
    expect(missing).toEqual([])
  })
})

describe('what is typed', () => {
  const stored = {
    url: 'https://shop.example.com',
    perPage: 50,
    credentials: { consumerKey: '${ACME_KEY}', consumerSecret: '${ACME_SECRET}' },
  }
  const paths = ['url', 'credentials.consumerKey', 'credentials.consumerSecret']

  it('begins with what is stored, but no secret', () => {
    expect(typedFrom(stored, paths)).toEqual({
      url: 'https://shop.example.com',
      'credentials.consumerKey': '',
      'credentials.consumerSecret': '',
    })
    expect(paths.map((each) => isHidden(stored, each))).toEqual([false, true, true])
  })

  it('is sent with the settings that have no field; an empty secret stays, a new one keeps its name', () => {
    const typed = { url: 'https://shop.example.com', 'credentials.consumerSecret': ' cs_new ' }
    expect(settingsToSend(stored, typed, paths)).toEqual({
      settings: {
        url: 'https://shop.example.com',
        perPage: 50,
        credentials: { consumerKey: '', consumerSecret: '${ACME_SECRET}' },
      },
      values: { ACME_SECRET: 'cs_new' },
    })
  })

  it('is taken as it is where it looks like a name, and left out where it is empty', () => {
    const typed = { account: '1234567', concurrency: '3', url: '', 'credentials.tokenSecret': 'a${b}' }
    expect(settingsToSend({}, typed, Object.keys(typed))).toEqual({
      settings: { account: '1234567', concurrency: 3, credentials: { tokenSecret: 'a$${b}' } },
      values: {},
    })
  })

  it('of the other way to sign in leaves nothing behind', () => {
    const typed = { account: '1', 'credentials.clientId': 'c' }
    const tokens = { account: '1', credentials: { tokenId: '${T}', tokenSecret: '${S}' } }
    expect(settingsToSend(tokens, typed, Object.keys(typed)).settings).toEqual({
      account: '1',
      credentials: { clientId: 'c' },
    })
  })

  it.each([
    ['shop.example.com', 'https://shop.example.com/wp-admin/x', 'shop-example'],
    ['https://www.example.com/shop/', 'https://www.example.com/shop/wp-admin/x', 'example'],
    ['https://example.com/wp-admin/index.php', 'https://example.com/wp-admin/x', 'example'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/wp-admin/x', 'shop'],
    ['shop', null, 'shop'],
    ['javascript://example.com', null, 'example'],
    ['', null, ''],
  ])('%j as an address leads to %j and suggests the name %j', (address, page, name) => {
    expect(adminPage(address, 'x')).toBe(page)
    expect(nameFrom(address)).toBe(name)
  })

  it('without https:// is meant so', () => {
    expect(['shop.example.com', ' http://a.b ', ''].map(addressOf)).toEqual([
      'https://shop.example.com',
      'http://a.b',
      '',
    ])
  })
})
