/** One request and its answer, as it is kept for the waybill. */
export interface Exchange {
  method: string
  url: string
  requestHeaders: Record<string, string>
  requestBody: string | null
  /** Null when there was no whole answer. */
  status: number | null
  responseHeaders: Record<string, string>
  responseBody: string | null
  /** UTC. */
  startedAt: string
  ms: number
  /** Why there was no whole answer. */
  error: string | null
}

const hidden = '<redacted>'

const secretHeaders = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'x-auth-token',
  'x-amz-access-token',
  'x-shopify-access-token',
  'x-wc-webhook-signature',
])

const secretName =
  '(?:oauth_[a-z_]+|consumer_?key|consumer_?secret|client_?secret|client_assertion|access_?token|refresh_?token|id_?token|token|token_?id|token_?secret|api_?key|private_?key|secret|password|passwd|signature|cvv2?|cvc2?|cvn|card_?(?:security_?)?code|security_code|card_?number)'

const inQuery = new RegExp(`(^|[?&;\\s])(${secretName})=[^&#\\s"'<>\\\\]*`, 'gi')
const inJson = new RegExp(
  `("_?(?:[a-z0-9]+_){0,8}${secretName}"\\s*:\\s*)("(?:[^"\\\\]|\\\\.)*"|-?\\d+(?:\\.\\d+)?)`,
  'gi',
)
/** WooCommerce's and others' lists of `{ "key": …, "value": … }`. */
const inPairs = new RegExp(
  `("(?:key|name)"\\s*:\\s*"_?(?:[a-z0-9]+_){0,8}${secretName}"\\s*,\\s*"value"\\s*:\\s*)("(?:[^"\\\\]|\\\\.)*"|-?\\d+(?:\\.\\d+)?)`,
  'gi',
)
/** 13 to 19 digits that could be a payment card (they begin with 2 to 6), together or in groups. */
const cardLike = /(?<![\d.])[2-6](?:[ -]?\d){12,18}(?![\d])/g

/**
 * Takes secrets and card data out of an exchange: credential headers, OAuth and key parameters, tokens, security codes,
 * card numbers, and every value in `secrets` wherever it stands.
 */
export function redact(exchange: Exchange, secrets: string[] = []): Exchange {
  const text = (value: string) => redactText(value, secrets)
  return {
    ...exchange,
    url: text(exchange.url),
    requestHeaders: redactHeaders(exchange.requestHeaders, secrets),
    requestBody: exchange.requestBody === null ? null : text(exchange.requestBody),
    responseHeaders: redactHeaders(exchange.responseHeaders, secrets),
    responseBody: exchange.responseBody === null ? null : text(exchange.responseBody),
    error: exchange.error === null ? null : text(exchange.error),
  }
}

const known = new WeakMap<string[], string[]>()

/** How each secret may stand in a text: plain, in an address, in JSON. Worked out once for each list of secrets. */
function spellingsOf(secrets: string[]): string[] {
  const spellings =
    known.get(secrets) ??
    secrets
      .filter((secret) => secret.length >= 6)
      .flatMap((secret) => [
        ...new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]),
      ])
  known.set(secrets, spellings)
  return spellings
}

/** The same for one text: an address, a form, JSON or prose. JSON stays JSON. */
export function redactText(text: string, secrets: string[] = []): string {
  let result = text
  for (const spelling of spellingsOf(secrets)) result = result.replaceAll(spelling, hidden)
  return result
    .replace(inQuery, `$1$2=${hidden}`)
    .replace(inJson, `$1"${hidden}"`)
    .replace(inPairs, `$1"${hidden}"`)
    .replace(cardLike, (digits, at: number, whole: string) =>
      !isCardNumber(digits) ? digits : isBareNumber(whole, at, digits) ? `"${hidden}"` : hidden,
    )
}

/** Whether the digits stand in JSON as a number, where only a quoted replacement keeps it JSON. */
function isBareNumber(whole: string, at: number, digits: string): boolean {
  return (
    /[:[,]\s*$/.test(whole.slice(Math.max(0, at - 3), at)) &&
    /^\s*[,}\]]/.test(whole.slice(at + digits.length, at + digits.length + 3))
  )
}

function redactHeaders(headers: Record<string, string>, secrets: string[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      secretHeaders.has(name.toLowerCase()) ? hidden : redactText(value, secrets),
    ]),
  )
}

/** Luhn's check over 13 to 19 digits. */
export function isCardNumber(text: string): boolean {
  const digits = text.replace(/[ -]/g, '')
  if (!/^\d{13,19}$/.test(digits)) return false
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i])
    sum += i % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2
  }
  return sum % 10 === 0
}
