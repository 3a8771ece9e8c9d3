import { describe, expect, it } from 'vitest'
import { faultIn } from '../../src/connectors/woocommerce/answers.ts'
import { findJson } from '../../src/connectors/woocommerce/raw-json.ts'
import { describeProblem } from '../../src/order/problems.ts'
import { bodyText, type Recorded, recordings, recordingsAbsent } from './woocommerce-recordings.ts'

const refused = 'auth credentials_refused'
const role = 'auth permission_missing'
const noApi = 'unavailable api_not_found'
const page = 'unavailable not_json'
const maintenance = 'unavailable in_maintenance'
const broke = 'unavailable server_error'
const unreadable = 'invalid_response unreadable_answer'

/** What each recorded answer is taken for. Every other entry of the files is a good answer. */
const expected: Record<string, Record<string, string>> = {
  auth: {
    'no credentials': refused,
    'no credentials plain http': refused,
    'basic wrong key': refused,
    'basic wrong secret': refused,
    'basic swapped key and secret': refused,
    'basic WordPress login instead of key': refused,
    'bearer token': refused,
    'basic over plain http': refused,
    'key in query over plain http': refused,
    'key in query wrong secret https': refused,
    'oauth1 HMAC-SHA512': refused,
    'oauth1 wrong key': refused,
    'oauth1 wrong secret': refused,
    'oauth1 tampered signature': refused,
    'oauth1 signed for another host': refused,
    'oauth1 timestamp 16 minutes old': refused,
    'oauth1 timestamp 16 minutes ahead': refused,
    'oauth1 nonce replayed': refused,
    'oauth1 nonce replayed with new timestamp': refused,
    'oauth1 parameter missing': refused,
    'read-only key PUT': role,
    'read-only key POST note': role,
    'write-only key GET': role,
    'user demoted to customer list': role,
    'user demoted to customer one': role,
    'user demoted to customer PUT': role,
    'user without any role': role,
    'user deleted': refused,
    'key revoked': refused,
    'unknown route': noApi,
    'method not served': noApi,
    'legacy wc-api v3': noApi,
    'legacy wc-api query': 'rejected server_error',
  },
  broken: {
    'WooCommerce deactivated: orders': noApi,
    'WooCommerce deactivated: orders, Accept: application/json': noApi,
    'WooCommerce deactivated: no credentials': noApi,
    'plain permalinks: index': noApi,
    'plain permalinks: orders': noApi,
    'plain permalinks: rest_route orders basic': refused,
    'plain permalinks: rest_route orders oauth header': refused,
    'plain permalinks: rest_route orders oauth query': refused,
    'plain permalinks: the redirect followed': noApi,
    'plain permalinks: rest_route no credentials': refused,
    'plain permalinks: front page HEAD': unreadable,
    'plain permalinks: index.php/wp-json': noApi,
    'pretty permalinks: rest_route with a good key': refused,
    'pretty permalinks: double slash': refused,
    'wrong sub-folder': noApi,
    'maintenance mode: index': maintenance,
    'maintenance mode: orders': maintenance,
    'maintenance mode: orders, Accept: application/json': maintenance,
    'maintenance mode: PUT': maintenance,
    'PHP warning: wrong key': refused,
    'fatal error in a plugin: index': broke,
    'fatal error in a plugin: orders': broke,
    'fatal error in a plugin: orders, Accept: application/json': broke,
    'fatal error while preparing an order: orders': broke,
    'fatal error while preparing an order: orders, Accept: application/json': broke,
    'fatal error while preparing an order: PUT': 'unknown_outcome server_error',
    'memory exhausted: orders': broke,
    'memory exhausted: orders, Accept: application/json': broke,
    'forced https: GET': noApi,
    'forced https: PUT': noApi,
    'security plug-in: 403 HTML on /wp-json: index': page,
    'security plug-in: 403 HTML on /wp-json: orders': page,
    'security plug-in: 403 HTML on /wp-json: orders, Accept: application/json': page,
    'REST API closed to guests: index': refused,
    'REST API closed to guests: wrong secret': refused,
    'wc routes removed by a plugin: orders': noApi,
    'rate limit of the host: 429: orders': 'throttled throttled',
    'password in front of the whole site: index': 'auth not_json',
    'password in front of the whole site: orders': 'auth not_json',
    'Authorization header stripped: basic': refused,
    'Authorization header stripped: wrong secret': refused,
    'wrong database password: index': broke,
    'wrong database password: orders': broke,
    'wrong database password: orders, Accept: application/json': broke,
    'database server down: index': broke,
    'database server down: orders': broke,
    'database server down: orders, Accept: application/json': broke,
    'database name unknown: index': broke,
    'database name unknown: orders': broke,
    'database name unknown: orders, Accept: application/json': broke,
    'database server down, WP_DEBUG off: orders': broke,
    'database server down, WP_DEBUG off: orders, Accept: application/json': broke,
    'fresh or emptied database: index': noApi,
    'fresh or emptied database: orders': noApi,
    'fresh or emptied database: orders, Accept: application/json': noApi,
    'orders table missing: one order': 'not_found order_gone_at_channel',
    'orders table missing: create': 'unknown_outcome server_error',
    'orders table missing: PUT': 'not_found order_gone_at_channel',
    'answer cut off': unreadable,
    'empty answer': unreadable,
    'cookie challenge of a cheap host': page,
    'host that refuses PUT': page,
    'home changed: front page': page,
    'home changed: oauth signed for the old host': refused,
    'www in front, home without: front page': noApi,
    'www in front, home without: oauth signed for www': refused,
    'home is https, asked over http: orders basic': refused,
    'home is https, asked over http: oauth signed for https': refused,
    'home is https, asked over http: front page': noApi,
  },
}

const now = new Date('2026-11-23T08:00:00Z')

function judge({ request, response }: Recorded) {
  if (request === null || response === null) throw new Error('an entry without an exchange')
  const scheme = request.headers['x-forwarded-proto'] === 'https' ? 'https' : 'http'
  const body = bodyText(response.body)
  const answer = { ...response, body, url: `${scheme}://shop.example${request.path}` }
  const write = !['GET', 'HEAD', 'OPTIONS'].includes(request.method)
  return faultIn(answer, findJson(body), { write, now })
}

/** The shop never answered: the transport's business. */
const answered = (entry: Recorded) => (entry.response?.status ?? 0) !== 0

describe.skipIf(recordingsAbsent).each(['auth', 'broken'])(
  'recorded answers of a real shop: %s.json',
  (file) => {
    const entries = recordingsAbsent ? [] : recordings(file).filter(answered)

    it('is complete: every expectation is of an entry', () => {
      const names = new Set(entries.map((entry) => entry.name))
      expect(Object.keys(expected[file]!).filter((name) => !names.has(name))).toEqual([])
    })

    it.each(entries.map((entry) => [entry.name, entry] as const))('%s', (name, entry) => {
      const failure = judge(entry)
      expect(failure === null ? 'good' : `${failure.kind} ${failure.problems[0].code}`).toBe(
        expected[file]![name] ?? 'good',
      )
    })

    it('explains each in words, with what the shop said', () => {
      const failures = entries.map(judge).filter((failure) => failure !== null)
      for (const { problems } of failures) {
        expect(problems[0].detail.length).toBeGreaterThan(15)
        expect(problems[0].detail + (problems[0].vendorMessage ?? '')).not.toMatch(/<[a-z]/i)
        expect(describeProblem(problems[0]).title).not.toBe('')
      }
    })
  },
)

describe.skipIf(recordingsAbsent)('what is told of a refused login', () => {
  const detailOf = (file: string, name: string) => {
    const entry = recordings(file).find((one) => one.name === name)
    return judge(entry!)?.problems[0].detail
  }

  it.each([
    ['auth', 'basic wrong secret', /secret is not the one/],
    ['auth', 'oauth1 wrong key', /does not know this consumer key/],
    ['auth', 'oauth1 timestamp 16 minutes old', /clocks/],
    ['auth', 'oauth1 nonce replayed', /twice/],
    ['auth', 'oauth1 parameter missing', /lost on the way/],
    ['auth', 'oauth1 signed for another host', /another address/],
    ['auth', 'read-only key PUT', /may not write/],
    ['auth', 'write-only key GET', /may not read/],
    ['auth', 'user demoted to customer list', /role/],
    ['auth', 'key revoked', /revoked, .*Authorization header/],
    ['broken', 'password in front of the whole site: orders', /Staging/],
    ['broken', 'cookie challenge of a cheap host', /browser/],
    ['broken', 'plain permalinks: the redirect followed', /Plain/],
    ['broken', 'fresh or emptied database: orders', /installed/],
    ['broken', 'wrong sub-folder', /sub-folder/],
    ['broken', 'WooCommerce deactivated: orders', /switched off/],
  ] as const)('%s: %s', (file, name, words) => {
    expect(detailOf(file, name)).toMatch(words)
  })

  it('says how long to wait where the shop asks for it', () => {
    const waits = ['rate limit of the host: 429: orders', 'maintenance mode: PUT'].map(
      (name) => judge(recordings('broken').find((entry) => entry.name === name)!)?.retryAfterMs,
    )
    expect(waits).toEqual([17_000, 600_000])
  })
})

describe('answers that no recording has', () => {
  const fault = (status: number, body: string, write: boolean, headers: Record<string, string> = {}) =>
    faultIn({ status, body, headers, url: 'https://shop.example/wp-json/wc/v3/orders' }, findJson(body), {
      write,
      now,
    })

  it.each([502, 504, 503, 520])(
    'a gateway that gives up with %i leaves a write unknown, and a read undone',
    (status) => {
      expect(fault(status, '<html><h1>Bad Gateway</h1></html>', true)?.kind).toBe('unknown_outcome')
      expect(fault(status, '<html><h1>Bad Gateway</h1></html>', false)?.kind).toBe('unavailable')
    },
  )

  it.each(['', '{"id":', '<html>ok</html>'])('a write answered 200 with %j may have been done', (body) => {
    expect(fault(200, body, true)?.kind).toBe('unknown_outcome')
  })

  it('a cut error is no "page not found"', () => {
    expect(fault(404, '{"code":"woocommerce_rest_shop', false)?.problems[0].code).toBe('unreadable_answer')
  })

  it('a refused field of a write is told in the words of the shop', () => {
    const body =
      '{"code":"rest_invalid_param","message":"Invalid parameter(s): status","data":{"status":400}}'
    expect(fault(400, body, true)).toMatchObject({
      kind: 'rejected',
      problems: [{ detail: 'Invalid parameter(s): status' }],
    })
  })
})
