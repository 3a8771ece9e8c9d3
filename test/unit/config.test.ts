import { describe, expect, test } from 'vitest'
import { allowList } from '../../src/connectors/addresses.ts'
import { readConfiguration } from '../../src/config/read-configuration.ts'
import { namesIn } from '../../src/config/substitute.ts'
import { input, nothingKnown } from './config-faces.ts'

const good = `connections:
  acme-shop:
    kind: woocommerce
    url: https://shop.example.com
    credentials: { consumerKey: "\${KEY}", consumerSecret: "\${SECRET}" }
  netsuite:
    kind: netsuite
    account: 1234567
    credentials:
      clientId: abc
      certificateId: def
      privateKey: "\${NS}"
    concurrency: 3
routes:
  - name: acme
    from: acme-shop
    to: netsuite
    import: { statuses: [processing, completed], since: 2026-01-01, every: 1m }
    post: { automatic: true }
    autoCancel: { after: 7d, warn: [3d, 1d] }
    mapping:
      subsidiary: 1
      items: { MUG: 1009 }
notifications:
  email: { to: [orders@example.com], from: waybill@example.com, smtp: "smtp://u:p@127.0.0.1:1025" }
`

/** The good file with one line changed. */
const withLine = (line: number, text: string): string =>
  good
    .split('\n')
    .map((old, i) => (i + 1 === line ? text : old))
    .join('\n')

const mistakesOf = (yaml: string, change = {}) => {
  const read = readConfiguration(input(yaml, change))
  if (read.ok) throw new Error('this file was to be refused')
  return read.error
}

describe('a right file', () => {
  const read = readConfiguration(input(good))
  if (!read.ok) throw new Error(JSON.stringify(read.error))
  const desired = read.value

  test('keeps secrets apart from settings, under the names they came from', () => {
    expect(desired.connections[0]).toEqual({
      name: 'acme-shop',
      role: 'channel',
      kind: 'woocommerce',
      concurrency: 2,
      config: {
        url: 'https://shop.example.com',
        credentials: { consumerKey: '${KEY}', consumerSecret: '${SECRET}' },
      },
      secrets: { 'credentials.consumerKey': 'ck_1', 'credentials.consumerSecret': 'cs_1' },
    })
  })

  test('makes a name for a secret that is written out', () => {
    const netsuite = desired.connections[1]!
    expect(netsuite.config).toEqual({
      account: '1234567',
      credentials: {
        clientId: '${NETSUITE_CREDENTIALS_CLIENT_ID}',
        certificateId: '${NETSUITE_CREDENTIALS_CERTIFICATE_ID}',
        privateKey: '${NS}',
      },
      concurrency: 3,
    })
    expect(netsuite.secrets['credentials.clientId']).toBe('abc')
    expect(desired.notifications!.secrets).toEqual({ 'email.smtp': 'smtp://u:p@127.0.0.1:1025' })
  })

  test('takes bare numbers as they are written where text is wanted', () => {
    expect(desired.routes[0]!.mapping).toEqual({ subsidiary: '1', items: { MUG: '1009' } })
    const zeros = readConfiguration(input(withLine(8, '    account: 0012')))
    expect(zeros.ok && zeros.value.connections[1]!.config.account).toBe('0012')
  })

  test('reads durations and days', () => {
    expect(desired.routes[0]).toMatchObject({
      since: '2026-01-01T00:00:00.000Z',
      everyMs: 60_000,
      autoCancel: { afterMs: 604_800_000, warnMs: [259_200_000, 86_400_000] },
    })
  })

  test('names what it needs from the environment', () => {
    expect(namesIn(good)).toEqual(['KEY', 'SECRET', 'NS'])
    expect(namesIn('a: "$${NOT} ${YES}"')).toEqual(['YES'])
    expect(namesIn(': : not yaml [')).toEqual([])
  })

  test('may leave out what has a default', () => {
    const short = readConfiguration(
      input(
        withLine(18, '    import: { since: 2026-01-01 }').replace(/ {4}post:.*\n {4}autoCancel:.*\n/, ''),
      ),
    )
    expect(short.ok && short.value.routes[0]).toMatchObject({
      statuses: ['processing', 'completed'],
      everyMs: 60_000,
      postAutomatic: true,
      autoCancel: null,
    })
  })

  test('notes a status that looks misspelt, and keeps it', () => {
    const odd = readConfiguration(
      input(withLine(18, '    import: { statuses: [procesing], since: 2026-01-01 }')),
    )
    expect(odd.ok && odd.value.routes[0]!.statuses).toEqual(['procesing'])
    expect(odd.ok && odd.value.notes[0]).toContain('did you mean "processing"?')
  })
})

describe('a wrong file', () => {
  const cases: [what: string, yaml: string, line: number, column: number, message: RegExp, fix: RegExp][] = [
    [
      'an unknown section',
      `conections: {}\n`,
      1,
      1,
      /"conections" is not known/,
      /Did you mean "connections"\?/,
    ],
    ['an empty file', '', 1, 1, /empty/, /connections/],
    ['a list as file', '- a\n', 1, 1, /not a group of keys/, /connections/],
    ['broken YAML', 'connections:\n  a: [1, 2\n', 3, 1, /not YAML/, /indentation/],
    [
      'a connection twice',
      'connections:\n  a: {kind: woocommerce}\n  a: {kind: netsuite}\n',
      3,
      3,
      /twice/,
      /own name/,
    ],
    [
      'an alias',
      'connections:\n  a: &x {kind: woocommerce}\n  b: *x\n',
      3,
      6,
      /alias/,
      /Write the value out/,
    ],
    [
      'an unknown kind',
      withLine(3, '    kind: wocommerce'),
      3,
      5,
      /no kind "wocommerce"/,
      /Did you mean "woocommerce"\?/,
    ],
    ['no kind', withLine(3, '    # nothing'), 2, 3, /"kind" is missing/, /woocommerce, netsuite/],
    [
      'an unknown key of a connection',
      withLine(4, '    ulr: https://shop.example.com'),
      4,
      5,
      /"ulr" is not known/,
      /"url"/,
    ],
    [
      'a missing address',
      withLine(4, '    # nothing'),
      2,
      3,
      /"url" is missing \(the address of the shop\)/,
      /Add it/,
    ],
    [
      'an unknown key of the credentials',
      withLine(5, '    credentials: { consumerKey: "a", consumerSecrt: "b" }'),
      5,
      38,
      /"consumerSecrt" is not known/,
      /"consumerSecret"/,
    ],
    ['a wrong address', withLine(4, '    url: shop.example.com'), 4, 5, /"url" cannot be right/, /url/],
    [
      'an address with a login in it',
      withLine(4, '    url: https://ann:hidden@shop.example.com'),
      4,
      5,
      /^(?!.*hidden).*carries a user name or password/,
      /^(?!.*hidden).*without them/,
    ],
    [
      'a private address',
      withLine(4, '    url: http://127.0.0.1:8080'),
      4,
      5,
      /127\.0\.0\.1 is a private address/,
      /WAYBILL_ALLOW_HOSTS=127\.0\.0\.1/,
    ],
    [
      'this machine',
      withLine(4, '    url: http://localhost:8080'),
      4,
      5,
      /localhost is a private address/,
      /WAYBILL_ALLOW_HOSTS/,
    ],
    [
      'a private address of IPv6',
      withLine(4, '    url: "http://[::1]/"'),
      4,
      5,
      /::1 is a private address/,
      /WAYBILL_ALLOW_HOSTS/,
    ],
    [
      'a missing value',
      withLine(5, '    credentials: { consumerKey: "${NOPE}", consumerSecret: "${SECRET}" }'),
      5,
      20,
      /environment has no NOPE/,
      /NOPE=…/,
    ],
    [
      'a strange reference',
      withLine(5, '    credentials: { consumerKey: "${a b}", consumerSecret: "${SECRET}" }'),
      5,
      20,
      /not a name of the environment/,
      /\$\$\{/,
    ],
    [
      'text for a number',
      withLine(13, '    concurrency: many'),
      13,
      5,
      /"concurrency" cannot be right: it must be a number/,
      /Write a number/,
    ],
    ['a number too small', withLine(13, '    concurrency: 0'), 13, 5, /"concurrency"/, /from 1 up/],
    [
      'credentials of two forms',
      withLine(10, '      tokenId: abc'),
      7 + 2,
      5,
      /"clientId" is missing|"tokenId" does not go together/,
      /./,
    ],
    [
      'a strange connection name',
      withLine(2, '  "acme shop":'),
      2,
      3,
      /"acme shop" is not a name/,
      /letters/,
    ],
    [
      'a route from nowhere',
      withLine(16, '    from: acme-shpo'),
      16,
      5,
      /no connection "acme-shpo"/,
      /Did you mean "acme-shop"\?/,
    ],
    [
      'a route the wrong way round',
      withLine(16, '    from: netsuite'),
      16,
      5,
      /"netsuite" is not a shop/,
      /from a shop to the backend/,
    ],
    [
      'a route to a shop',
      withLine(17, '    to: acme-shop'),
      17,
      5,
      /"acme-shop" is not a backend/,
      /from a shop to the backend/,
    ],
    [
      'a route without start',
      withLine(18, '    import: { statuses: [processing] }'),
      18,
      5,
      /"since" is missing/,
      /Add it/,
    ],
    [
      'a wrong day',
      withLine(18, '    import: { since: 2026-02-30 }'),
      18,
      15,
      /"2026-02-30" is not a date/,
      /2026-01-31/,
    ],
    [
      'a wrong duration',
      withLine(18, '    import: { since: 2026-01-01, every: 1 minute }'),
      18,
      34,
      /"1 minute" is not a duration/,
      /30s, 5m/,
    ],
    [
      'a duration that is a number',
      withLine(18, '    import: { since: 2026-01-01, every: 60 }'),
      18,
      34,
      /"60" is not a duration/,
      /30s, 5m/,
    ],
    [
      'a duration out of bounds',
      withLine(18, '    import: { since: 2026-01-01, every: 2d }'),
      18,
      34,
      /out of bounds/,
      /1s to 1d/,
    ],
    [
      'statuses that are no list',
      withLine(18, '    import: { since: 2026-01-01, statuses: processing }'),
      18,
      34,
      /"statuses" cannot be right/,
      /a list/,
    ],
    [
      'no status at all',
      withLine(18, '    import: { since: 2026-01-01, statuses: [] }'),
      18,
      34,
      /"statuses" cannot be right/,
      /at least 1/,
    ],
    [
      'automatic in words',
      withLine(19, '    post: { automatic: sometimes }'),
      19,
      13,
      /"automatic" cannot be right/,
      /true or false/,
    ],
    [
      'giving up with one warning',
      withLine(20, '    autoCancel: { after: 7d, warn: [1d] }'),
      20,
      30,
      /two warnings/,
      /warn: \[3d, 1d\]/,
    ],
    [
      'giving up before the warnings',
      withLine(20, '    autoCancel: { after: 1d }'),
      20,
      5,
      /two warnings/,
      /warn/,
    ],
    [
      'an unknown key of the mapping',
      withLine(22, '      subsidary: 1'),
      22,
      7,
      /"subsidary" is not known/,
      /"subsidiary"/,
    ],
    [
      'a wrong value in the mapping',
      withLine(22, '      skuField: upc'),
      22,
      7,
      /"skuField" cannot be right/,
      /itemId, upcCode/,
    ],
    [
      'a reference in a route',
      withLine(22, '      subsidiary: "${KEY}"'),
      22,
      7,
      /connections and notifications only/,
      /value itself/,
    ],
    [
      'an unknown key of a route',
      withLine(19, '    pots: { automatic: true }'),
      19,
      5,
      /"pots" is not known/,
      /"post"/,
    ],
    [
      'a wrong mail address',
      withLine(25, '  email: { to: [orders], from: waybill@example.com, smtp: "smtp://127.0.0.1" }'),
      25,
      17,
      /cannot be right/,
      /email/,
    ],
    [
      'a mail server that is none',
      withLine(25, '  email: { to: [a@example.com], from: w@example.com, smtp: "http://127.0.0.1" }'),
      25,
      54,
      /"smtp" cannot be right/,
      /./,
    ],
    [
      'a webhook without an address',
      withLine(25, '  webhooks: [{ kinds: [problem.new] }]'),
      25,
      14,
      /"url" is missing \(where it is posted to\)/,
      /Add it/,
    ],
    [
      'a webhook that is no web address',
      withLine(25, '  webhooks: [{ url: "ftp://hooks.example.com" }]'),
      25,
      16,
      /"url" cannot be right/,
      /./,
    ],
    [
      'a webhook to a private address',
      withLine(25, '  webhooks: [{ url: "https://hooks.example.com" }, { url: "http://192.168.1.7/hook" }]'),
      25,
      54,
      /192\.168\.1\.7 is a private address/,
      /WAYBILL_ALLOW_HOSTS=192\.168\.1\.7/,
    ],
    [
      'a webhook with a login in its address',
      withLine(25, '  webhooks: [{ url: "https://ann:hidden@hooks.example.com" }]'),
      25,
      16,
      /^(?!.*hidden).*carries a user name or password/,
      /^(?!.*hidden).*without them/,
    ],
    [
      'a webhook named twice',
      withLine(25, '  webhooks: [{ url: "https://a.example.com" }, { url: "https://a.example.com" }]'),
      25,
      50,
      /this address is named twice/,
      /each address once/,
    ],
    [
      'a secret that is none for signing',
      withLine(25, '  webhooks: [{ url: "https://a.example.com", secret: hunter2 }]'),
      25,
      46,
      /^(?!.*hunter2).*it is not a secret for signing/,
      /^(?!.*hunter2).*openssl rand -base64 32/,
    ],
    [
      'a secret that is too short to sign with',
      withLine(25, '  webhooks: [{ url: "https://a.example.com", secret: ["whsec_c2hvcnQ="] }]'),
      25,
      55,
      /^(?!.*c2hv).*it is not a secret for signing/,
      /24 to 64 random bytes/,
    ],
    [
      'a kind that there is not',
      withLine(25, '  webhooks: [{ url: "https://a.example.com", kinds: [problem.old] }]'),
      25,
      54,
      /it is none of the values known here/,
      /problem\.new, connection\.down/,
    ],
    [
      'a Slack without an address',
      withLine(25, '  slack: { kinds: [problem.new] }'),
      25,
      3,
      /"url" is missing \(the incoming webhook of Slack/,
      /Add it/,
    ],
    [
      'a Slack at a private address',
      withLine(25, '  slack: { url: "https://127.0.0.1/services/hidden" }'),
      25,
      12,
      /^(?!.*hidden).*127\.0\.0\.1 is a private address/,
      /WAYBILL_ALLOW_HOSTS/,
    ],
    [
      'a summary at no time of the day',
      withLine(25, '  summary: { at: "7 am" }'),
      25,
      14,
      /"7 am" is not a time of the day/,
      /such as "07:00"/,
    ],
    [
      'a summary in no time zone',
      withLine(25, '  summary: { at: "07:00", zone: Berlin }'),
      25,
      27,
      /"Berlin" is not a time zone/,
      /Europe\/Berlin/,
    ],
    [
      'a secret that the environment does not have',
      withLine(25, '  webhooks: [{ url: "https://a.example.com", secret: "${HOOK}" }]'),
      25,
      46,
      /The environment has no HOOK/,
      /HOOK=… waybill apply/,
    ],
  ]

  test.each(cases)('%s', (_, yaml, line, column, message, fix) => {
    const [first] = mistakesOf(yaml)
    expect(first!.message).toMatch(message)
    expect(first!.fix).toMatch(fix)
    expect({ line: first!.line, column: first!.column }).toEqual({ line, column })
  })

  test('every mistake is told at once, in the order of the file', () => {
    const yaml = [withLine(4, '    url: nonsense')]
      .map((text) => text.replace('account: 1234567', 'acount: 1234567'))
      .map((text) => text.replace('every: 1m', 'every: soon'))
      .map((text) => text.replace('to: netsuite', 'to: netsweet'))[0]!
    expect(mistakesOf(yaml).map((mistake) => mistake.line)).toEqual([4, 8, 17, 18])
  })

  test('two routes from one shop, or of one name', () => {
    const second = '  - { name: other, from: acme-shop, to: netsuite, import: { since: 2026-01-01 } }\n'
    const [mistake] = mistakesOf(good.replace('notifications:', `${second}notifications:`))
    expect(mistake).toMatchObject({ line: 24, path: 'routes[1].from' })
    const same = mistakesOf(
      good.replace('notifications:', `${second.replace('other', 'acme')}notifications:`),
    )
    expect(same.some((other) => other.path === 'routes[1].name')).toBe(true)
  })

  test('no mistake shows a secret', () => {
    const yaml = withLine(4, '    url: "${SECRET}"')
    expect(JSON.stringify(mistakesOf(yaml, { values: { KEY: 'k', SECRET: 'hush', NS: 'x' } }))).not.toContain(
      'hush',
    )
  })
})

describe('with what the ledger has', () => {
  const known = {
    ...nothingKnown,
    connections: [
      {
        name: 'acme-shop',
        role: 'channel' as const,
        kind: 'woocommerce',
        config: {
          url: 'https://shop.example.com',
          credentials: { consumerKey: '${KEY}', consumerSecret: '${SECRET}' },
        },
        secrets: { 'credentials.consumerKey': 'ck_old', 'credentials.consumerSecret': 'cs_old' },
      },
      { name: 'netsuite', role: 'backend' as const, kind: 'netsuite', config: {}, secrets: {} },
    ],
    routes: [{ name: 'acme', from: 'acme-shop', to: 'netsuite', removed: false }],
  }

  test('a value the environment lacks is kept where the same name stands at the same place', () => {
    const read = readConfiguration(input(good, { known, values: { KEY: 'ck_new', NS: 'x' } }))
    expect(read.ok && read.value.connections[0]!.secrets).toEqual({
      'credentials.consumerKey': 'ck_new',
      'credentials.consumerSecret': 'cs_old',
    })
    const renamed = good.replace('${SECRET}', '${OTHER}')
    expect(mistakesOf(renamed, { known, values: { KEY: 'ck_new', NS: 'x' } })[0]!.message).toContain('OTHER')
  })

  test('a route may name a connection that is not in the file', () => {
    const routes = good.slice(good.indexOf('routes:'))
    expect(readConfiguration(input(routes, { known })).ok).toBe(true)
  })

  test('a route keeps its ends, a connection its kind, a shop its one route', () => {
    const second =
      'routes:\n  - { name: other, from: acme-shop, to: netsuite, import: { since: 2026-01-01 } }\n'
    expect(mistakesOf(second, { known })[0]!.message).toContain('"acme" takes the orders')
    const removed = { ...known, routes: [{ ...known.routes[0]!, removed: true }] }
    expect(readConfiguration(input(second, { known: removed })).ok).toBe(true)
    const moved = { ...known, routes: [{ ...known.routes[0]!, to: 'elsewhere' }] }
    expect(mistakesOf(good, { known: moved })[0]).toMatchObject({ line: 17, path: 'routes[0].to' })
    const changed = { ...known, connections: [{ ...known.connections[0]!, kind: 'shopify' }] }
    expect(mistakesOf(good, { known: changed })[0]).toMatchObject({
      line: 3,
      path: 'connections.acme-shop.kind',
    })
  })

  test('a private address is taken where it is allowed', () => {
    const local = withLine(4, '    url: http://127.0.0.1:8080')
    expect(readConfiguration(input(local, { allow: allowList(['127.0.0.1']) })).ok).toBe(true)
    expect(
      readConfiguration(input(withLine(4, '    url: http://localhost'), { allow: allowList(['localhost']) }))
        .ok,
    ).toBe(true)
  })
})
