import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { err, ok, type Result } from '../result.ts'
import { type Db, mainAccount } from './database.ts'

/** Why the credentials in the ledger cannot be read: one line for a person, and what to do. */
export interface KeyFailure {
  code: 'key_invalid' | 'key_missing' | 'key_does_not_fit' | 'key_file_open' | 'home_not_writable'
  message: string
  fix: string
}

/** Encrypts at rest. What was sealed for one owner and purpose opens for these alone. */
export interface Vault {
  seal(owner: Owner, plain: string): Buffer
  /** Throws when the bytes were changed, belong to another owner, or were sealed with another key. */
  open(owner: Owner, sealed: Buffer): string
}

export interface Owner {
  accountId: string
  /** The connection's id, or the name of a setting. */
  id: string
  purpose: 'credentials' | 'webhook' | 'setting'
}

const version = 1
const ivLength = 12
const tagLength = 16

/** AES-256-GCM with a fresh random IV for each value: version, IV, tag, ciphertext. */
export function vaultWith(key: Buffer): Vault {
  if (key.length !== 32) throw new Error('the key of a vault has 32 bytes')
  const binding = (owner: Owner) => Buffer.from(JSON.stringify([owner.accountId, owner.id, owner.purpose]))
  return {
    seal(owner, plain) {
      const iv = randomBytes(ivLength)
      const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: tagLength }).setAAD(
        binding(owner),
      )
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.of(version), iv, cipher.getAuthTag(), text])
    },
    open(owner, sealed) {
      if (sealed[0] !== version) throw new Error('sealed by another version of the program')
      const iv = sealed.subarray(1, 1 + ivLength)
      const tag = sealed.subarray(1 + ivLength, 1 + ivLength + tagLength)
      const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagLength })
        .setAAD(binding(owner))
        .setAuthTag(tag)
      return (
        decipher.update(sealed.subarray(1 + ivLength + tagLength), undefined, 'utf8') + decipher.final('utf8')
      )
    },
  }
}

/** Reads a key written as 64 hexadecimal digits or as base64 of 32 bytes; null when it is neither. */
export function parseKey(text: string): Buffer | null {
  const plain = text.trim()
  if (/^[0-9a-f]{64}$/i.test(plain)) return Buffer.from(plain, 'hex')
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(plain)) return null
  const key = Buffer.from(plain, 'base64')
  return key.length === 32 ? key : null
}

const check = 'key_check'
const checkOwner: Owner = { accountId: mainAccount, id: check, purpose: 'setting' }
const howToMend =
  'Put back the key that belongs to this database: the file "key" of its home, or WAYBILL_KEY.'

/**
 * Opens the ledger's vault: with WAYBILL_KEY when it is given, else with the file `key` in the home, which is made on
 * the first start. The key is proved against the database, so that a wrong one is told at once and nothing is sealed
 * with it.
 */
export async function openVault(
  db: Db,
  { home, givenKey }: { home: string; givenKey: string | undefined },
): Promise<Result<Vault, KeyFailure>> {
  const proof = await db
    .selectFrom('settings')
    .select('value')
    .where('account_id', '=', mainAccount)
    .where('key', '=', check)
    .executeTakeFirst()
  const key = await (givenKey === undefined || givenKey === ''
    ? keyOfHome(home, proof === undefined)
    : keyOfEnvironment(givenKey))
  if (!key.ok) return key
  const vault = vaultWith(key.value)
  const sealed = vault.seal(checkOwner, check).toString('base64')
  // Several processes may start at once on an empty database: the first one's key counts.
  await sql`
    INSERT INTO settings (account_id, key, value) VALUES (${mainAccount}, ${check}, ${JSON.stringify({ sealed })})
    ON CONFLICT DO NOTHING`.execute(db)
  const kept = await db
    .selectFrom('settings')
    .select('value')
    .where('account_id', '=', mainAccount)
    .where('key', '=', check)
    .executeTakeFirstOrThrow()
  try {
    vault.open(checkOwner, Buffer.from((kept.value as { sealed: string }).sealed, 'base64'))
    return ok(vault)
  } catch {
    return failure(
      'key_does_not_fit',
      'The encryption key is not the one this database was made with',
      howToMend,
    )
  }
}

function keyOfEnvironment(text: string): Result<Buffer, KeyFailure> {
  const key = parseKey(text)
  return key
    ? ok(key)
    : failure(
        'key_invalid',
        'WAYBILL_KEY is not a key',
        'Give 32 bytes as base64 or hexadecimal digits, such as the output of: openssl rand -base64 32',
      )
}

async function keyOfHome(home: string, mayMake: boolean): Promise<Result<Buffer, KeyFailure>> {
  const path = join(home, 'key')
  const text = await readKeyFile(path)
  if (text === null && !mayMake) return failure('key_missing', `The key file ${path} is missing`, howToMend)
  if (text === null) {
    try {
      await makeKeyFile(home, path)
    } catch (error) {
      return failure(
        'home_not_writable',
        `The key file ${path} cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
        'Make the home writable for this user, or set WAYBILL_HOME to a directory that is.',
      )
    }
    return keyOfHome(home, false)
  }
  const mode = (await stat(path)).mode & 0o777
  if (mode & 0o077)
    return failure(
      'key_file_open',
      `The key file ${path} can be read by others (mode ${mode.toString(8)})`,
      `Run: chmod 600 ${path}`,
    )
  const key = parseKey(text)
  return key ? ok(key) : failure('key_invalid', `The key file ${path} holds no key`, howToMend)
}

async function readKeyFile(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Whole or not at all, also when two processes start at once: a link does not replace what is there. */
async function makeKeyFile(home: string, path: string): Promise<void> {
  await mkdir(home, { recursive: true })
  const draft = join(home, `.key-${process.pid}-${randomBytes(4).toString('hex')}`)
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${randomBytes(32).toString('base64')}\n`)
    await file.sync()
    await file.close()
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  } finally {
    await unlink(draft)
  }
}

function failure(code: KeyFailure['code'], message: string, fix: string): { ok: false; error: KeyFailure } {
  return err({ code, message, fix })
}
