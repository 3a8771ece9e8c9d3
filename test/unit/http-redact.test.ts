import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Exchange, isCardNumber, redact, redactText } from '../../src/connectors/redact.ts'

const exchange = (part: Partial<Exchange>): Exchange => ({
  method: 'GET',
  url: 'https://shop.example/',
  requestHeaders: {},
  requestBody: null,
  status: 200,
  responseHeaders: {},
  responseBody: null,
  startedAt: '2026-11-23T09:00:00.000Z',
  ms: 12,
  error: null,
  ...part,
})

/** Digits that pass Luhn's check: the last one is made to fit. */
const card = fc
  .tuple(
    fc.constantFrom('4', '51', '34', '6011', '2221'),
    fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 11, maxLength: 14 }),
  )
  .map(([issuer, digits]) => {
    const body = issuer + digits.join('')
    return [...'0123456789'].map((last) => body + last).find(isCardNumber)!
  })

describe('redaction', () => {
  it.each([
    'authorization',
    'Authorization',
    'cookie',
    'set-cookie',
    'X-Shopify-Access-Token',
    'x-wc-webhook-signature',
  ])('hides the header %s', (name) => {
    expect(
      redact(exchange({ requestHeaders: { [name]: 'abc' }, responseHeaders: { [name]: 'abc' } })),
    ).toMatchObject({
      requestHeaders: { [name]: '<redacted>' },
      responseHeaders: { [name]: '<redacted>' },
    })
  })

  it('hides keys and signatures in an address, and nothing else of it', () => {
    const url =
      'http://shop.example/wp-json/wc/v3/orders?per_page=5&oauth_consumer_key=ck_1&oauth_nonce=n&oauth_signature=a%2Fb%3D&consumer_secret=cs_1&status=any'
    expect(redact(exchange({ url })).url).toBe(
      'http://shop.example/wp-json/wc/v3/orders?per_page=5&oauth_consumer_key=<redacted>&oauth_nonce=<redacted>&oauth_signature=<redacted>&consumer_secret=<redacted>&status=any',
    )
  })

  it('hides tokens in forms and JSON, and leaves JSON readable', () => {
    const body = {
      access_token: 'eyJ.x',
      expires_in: 3600,
      nested: { client_secret: 'a"b', name: 'Ann' },
      cvv: 123,
      order_key: 'wc_order_1',
    }
    const hidden = redactText(JSON.stringify(body))
    expect(JSON.parse(hidden)).toEqual({
      access_token: '<redacted>',
      expires_in: 3600,
      nested: { client_secret: '<redacted>', name: 'Ann' },
      cvv: '<redacted>',
      order_key: 'wc_order_1',
    })
    expect(redactText('grant_type=client_credentials&client_assertion=eyJ.x.y&scope=rest')).toBe(
      'grant_type=client_credentials&client_assertion=<redacted>&scope=rest',
    )
  })

  it('hides secrets in lists of keys and values', () => {
    const meta = [
      { id: 1, key: '_card_cvv', value: '123' },
      { id: 2, key: '_stripe_token', value: 'tok_1' },
      { id: 3, key: 'gift', value: 'yes' },
    ]
    expect(JSON.parse(redactText(JSON.stringify(meta)))).toEqual([
      { id: 1, key: '_card_cvv', value: '<redacted>' },
      { id: 2, key: '_stripe_token', value: '<redacted>' },
      { id: 3, key: 'gift', value: 'yes' },
    ])
  })

  it('hides every card number, plain or in groups, and keeps JSON readable', () => {
    fc.assert(
      fc.property(card, (number) => {
        const grouped = number.replaceAll(/(\d{4})(?=\d)/g, '$1 ')
        expect(redactText(`paid with ${number}.`)).toBe('paid with <redacted>.')
        expect(redactText(`paid with ${grouped}`)).toBe('paid with <redacted>')
        expect(JSON.parse(redactText(`{"a":"${number}","b":[${number}]}`))).toEqual({
          a: '<redacted>',
          b: ['<redacted>'],
        })
      }),
    )
  })

  it('leaves ids, amounts, dates and numbers that are no card alone', () => {
    const text =
      '{"id":30,"total":"1198.50","date":"2026-11-23T06:35:28","phone":"+49 221 1234567","tracking":"JJD000390007799000","n":4111111111111112}'
    expect(redactText(text)).toBe(text)
  })

  it('hides the secrets it is given wherever they stand, however they are spelt', () => {
    const secret = 'cs_"1/2+3"'
    const kept = redact(
      exchange({
        url: `https://shop.example/?x=${encodeURIComponent(secret)}`,
        requestBody: JSON.stringify({ note: secret }),
        responseBody: `You sent ${secret}`,
        responseHeaders: { 'x-echo': secret },
        error: `refused: ${secret}`,
      }),
      [secret],
    )
    const everything = JSON.stringify(kept)
    for (const spelling of [secret, encodeURIComponent(secret), 'cs_'])
      expect(everything).not.toContain(spelling)
  })

  it('keeps a text without secrets as it is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('Mug', ' ', 'blue', '&', '"', '=', '{', 'ä', '愛', '\n')),
        (words) => {
          expect(redactText(words.join(''))).toBe(words.join(''))
        },
      ),
    )
  })
})
