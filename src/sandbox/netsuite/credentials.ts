import { generateKeyPair, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { z } from 'zod'

/** What an integration signs in with, both kinds. Everything is made up by the sandbox; nothing of it is secret. */
export const credentialsSchema = z.object({
  /** OAuth 2.0 client credentials with a certificate. */
  oauth2: z.object({
    clientId: z.string(),
    certificateId: z.string(),
    /** PKCS#8 PEM. */
    privateKey: z.string(),
    /** SPKI PEM: what the certificate holds. */
    publicKey: z.string(),
    /** UTC ISO; a certificate is valid for at most two years. */
    certificateExpiresAt: z.string(),
  }),
  /** Token-based authentication (OAuth 1.0a). */
  tba: z.object({
    consumerKey: z.string(),
    consumerSecret: z.string(),
    tokenId: z.string(),
    tokenSecret: z.string(),
  }),
})

export type SandboxCredentials = z.infer<typeof credentialsSchema>

const hex = (bytes: number) => randomBytes(bytes).toString('hex')

/** Fresh credentials; a fresh 2,048-bit key takes a moment. */
export async function makeCredentials(now: Date): Promise<SandboxCredentials> {
  const keys = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const expires = new Date(now)
  expires.setUTCFullYear(expires.getUTCFullYear() + 2)
  return {
    oauth2: {
      clientId: hex(32),
      certificateId: randomBytes(24).toString('base64url'),
      privateKey: keys.privateKey,
      publicKey: keys.publicKey,
      certificateExpiresAt: expires.toISOString(),
    },
    tba: { consumerKey: hex(32), consumerSecret: hex(32), tokenId: hex(32), tokenSecret: hex(32) },
  }
}
