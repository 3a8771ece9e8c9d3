import { setupTexts } from '../texts-setup.ts'
import { isHidden, settingAt, type Settings, type Typed } from './settings.ts'

/** Which of its forms the credentials have, where there are several. */
export type Way = 'oauth2' | 'tokens'

/** What the page knows of a kind of connection: which settings it asks for, and which of them is the address. */
export interface Guide {
  fields: string[]
  credentials(way: Way): string[]
  optional: string[]
  addressField(typed: Typed, stored: Settings): string
}

export type Kind = keyof typeof setupTexts.kinds

export const guides: Record<Kind, Guide> = {
  woocommerce: {
    fields: ['url'],
    credentials: () => ['credentials.consumerKey', 'credentials.consumerSecret'],
    optional: [],
    addressField: () => 'url',
  },
  netsuite: {
    fields: ['account', 'concurrency', 'url'],
    credentials: (way) =>
      way === 'oauth2'
        ? [
            'credentials.clientId',
            'credentials.certificateId',
            'credentials.privateKey',
            'credentials.certificate',
            'credentials.validUntil',
          ]
        : [
            'credentials.consumerKey',
            'credentials.consumerSecret',
            'credentials.tokenId',
            'credentials.tokenSecret',
          ],
    optional: ['concurrency', 'url', 'credentials.certificate', 'credentials.validUntil'],
    addressField: ({ url = '' }, stored) => (url !== '' || isHidden(stored, 'url') ? 'url' : 'account'),
  },
}

export const kinds = Object.keys(guides) as Kind[]
export const isKind = (kind: unknown): kind is Kind => kinds.some((known) => known === kind)

/** How a stored connection signs in; new ones by certificate. */
export const wayOf = (stored: Settings): Way =>
  settingAt(stored, 'credentials.tokenId') === undefined ? 'oauth2' : 'tokens'
