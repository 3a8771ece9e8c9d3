import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readLeavingToken } from '../../src/flows/leave-mails.ts'
import { notificationsOwner, notificationsSetting } from '../../src/flows/known-configuration.ts'
import { notify, type NotifyDeps, readMailState } from '../../src/flows/notify.ts'
import { sendTestMail } from '../../src/flows/test-mail.ts'
import { listNotices, wantMail } from '../../src/ledger/notices.ts'
import { prune } from '../../src/ledger/prune.ts'
import { vaultWith } from '../../src/ledger/secrets.ts'
import { writeSetting } from '../../src/ledger/settings.ts'
import { sendMail } from '../../src/mail/smtp.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { type Mailbox, openMailbox } from '../support/mailbox.ts'
import { makeWorld, type World } from '../support/world.ts'

const [first, second] = ['ops@shop.example', 'boss@shop.example'] as const
const minute = 60_000
const vault = vaultWith(randomBytes(32))

let world: World
let mailbox: Mailbox
let deps: NotifyDeps

beforeEach(async () => {
  world = await makeWorld({ mapping: demoMapping })
  mailbox = await openMailbox()
  deps = {
    ...world.deps,
    vault,
    publicUrl: null,
    pageUrl: async () => 'https://waybill.example/',
    send: sendMail,
  }
  await mailTo([first])
})
afterEach(async () => {
  await mailbox.close()
  await world.stop()
})

async function mailTo(to: string[]): Promise<void> {
  const config = { email: { to, from: 'waybill@shop.example', smtp: '${SMTP}' } }
  const secrets = { 'email.smtp': mailbox.url }
  const sealed = vault.seal(notificationsOwner, JSON.stringify(secrets)).toString('base64')
  await world.db.transaction().execute((tx) => writeSetting(tx, notificationsSetting, { config, sealed }))
}

/** An order that stops for this, and enough time for it to be news. */
async function stopped(trouble: 'unknown_sku' | 'unmapped_payment' = 'unknown_sku'): Promise<string> {
  const { number } = world.shop.control.newOrder({ trouble })
  await world.poll()
  expect((await world.order(number)).status).toBe('post_error')
  world.pass(3 * minute)
  return number
}

const subjects = () => mailbox.mails.map(({ mail }) => mail.subject)

describe('problems', () => {
  it('of a kind that nobody has heard of are mailed at once, with cause, orders and a link', async () => {
    const number = await stopped()
    await notify(deps)
    expect(mailbox.mails).toHaveLength(1)
    const { to, mail } = mailbox.mails[0]!
    expect(to).toEqual([first])
    expect(mail.subject).toMatch(/is not an item in NetSuite.*: 1 order waits$/)
    for (const text of [mail.text!, mail.html as string]) {
      expect(text).toContain(number)
      expect(text).toContain('https://waybill.example/problems')
      expect(text).toContain('https://waybill.example/leave/')
    }
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated')
  })

  it('that pass by themselves within two minutes are no news', async () => {
    const { number } = world.shop.control.newOrder({ trouble: 'unknown_sku' })
    await world.poll()
    expect((await world.order(number)).status).toBe('post_error')
    await notify(deps)
    expect(mailbox.mails).toEqual([])
  })

  it('of a known kind come together, once an hour at most, and never the same twice', async () => {
    await stopped()
    await notify(deps)
    const later = [await stopped(), await stopped()]
    await notify(deps)
    expect(mailbox.mails).toHaveLength(1)
    world.pass(55 * minute)
    await notify(deps)
    await notify(deps)
    expect(mailbox.mails).toHaveLength(2)
    const { mail } = mailbox.mails[1]!
    for (const number of later) expect(mail.text).toContain(number)
    world.pass(2 * 60 * minute)
    await notify(deps)
    expect(mailbox.mails).toHaveLength(2)
  })

  it('of another kind do not wait for the hour', async () => {
    await stopped()
    await notify(deps)
    await stopped('unmapped_payment')
    await notify(deps)
    expect(mailbox.mails).toHaveLength(2)
  })
})

describe('connections', () => {
  it('that go down are mailed, and that they are back with what was missed', async () => {
    await world.poll()
    await world.shop.control.down('maintenance')
    for (let n = 0; n < 12; n += 1) await world.advance(5 * minute)
    await notify(deps)
    await notify(deps)
    expect(subjects()).toEqual(['shop cannot be reached'])
    expect(mailbox.mails[0]!.mail.text).toContain('none is lost')
    world.shop.control.newOrder({ country: 'DE' })
    await world.shop.control.up()
    for (let n = 0; n < 12; n += 1) await world.advance(5 * minute)
    await notify(deps)
    expect(subjects().slice(1).join()).toMatch(/shop works again|what was missed is in/)
    const said = mailbox.mails
      .slice(1)
      .map(({ mail }) => mail.text)
      .join()
    expect(said).toMatch(/1\s+order\s+placed\s+meanwhile\s+was\s+imported/)
  })
})

describe('mails', () => {
  it('that the mail server refuses are tried again, later and later, and stand on the page; others have theirs once', async () => {
    await mailTo([first, second])
    mailbox.refuse(second)
    await stopped()
    await notify(deps)
    expect(mailbox.mails.map(({ to }) => to)).toEqual([[first]])
    expect(await readMailState(world.db)).toMatchObject({
      failures: 1,
      trouble: expect.stringContaining(second) as string,
    })
    expect(await listNotices(world.db, { limit: 5, after: null })).toMatchObject([
      { kind: 'new_problem', deliveredAt: null },
    ])
    mailbox.refuse(null)
    await notify(deps)
    expect(mailbox.mails).toHaveLength(1)
    world.pass(minute)
    await notify(deps)
    expect(mailbox.mails.map(({ to }) => to)).toEqual([[first], [second]])
    expect(await readMailState(world.db)).toMatchObject({ failures: 0, trouble: null })
    expect(await listNotices(world.db, { limit: 5, after: null })).toMatchObject([
      { deliveredAt: world.now() },
    ])
  })

  it('reach the others where the first address is refused, and are not sent to them again', async () => {
    await mailTo([first, second])
    mailbox.refuse(first)
    await stopped()
    await notify(deps)
    expect(mailbox.mails.map(({ to }) => to)).toEqual([[second]])
    world.pass(minute)
    await notify(deps)
    expect(mailbox.mails).toHaveLength(1)
    expect(await readMailState(world.db)).toMatchObject({
      failures: 2,
      trouble: expect.stringContaining(first) as string,
    })
  })

  it('that cannot be sent because no server answers lose nothing', async () => {
    await stopped()
    await notify({ ...deps, send: (_smtp, letter) => sendMail('smtp://127.0.0.1:1', letter) })
    expect((await readMailState(world.db)).trouble).toContain('ECONNREFUSED')
    world.pass(2 * minute)
    await notify(deps)
    expect(mailbox.mails).toHaveLength(1)
  })

  it('are the same mail when a process that died before noting it is followed by another', async () => {
    await stopped()
    const dies: NotifyDeps['send'] = async (smtp, letter) => {
      await sendMail(smtp, letter)
      throw new Error('killed')
    }
    await expect(notify({ ...deps, send: dies })).rejects.toThrow('killed')
    await notify(deps)
    expect(mailbox.mails).toHaveLength(2)
    expect(new Set(mailbox.mails.map(({ mail }) => mail.messageId)).size).toBe(1)
  })

  it('of a kind that an address has left do not come to it, and their link is its own', async () => {
    await mailTo([first, second])
    await wantMail(world.db, { address: first, kind: 'new_problem', wanted: false, at: world.now() })
    await stopped()
    await notify(deps)
    expect(mailbox.mails.map(({ to }) => to)).toEqual([[second]])
    const link = /https:\/\/waybill\.example\/leave\/([\w-]+)/.exec(mailbox.mails[0]!.mail.text!)
    expect(readLeavingToken(vault, link![1]!)).toEqual({ address: second, kinds: ['new_problem'] })
    expect(readLeavingToken(vault, 'AAAA')).toBeNull()
  })

  it('are forgotten with their notice, when it is not kept any longer', async () => {
    await stopped()
    await notify(deps)
    world.pass(minute)
    await prune(world.db, { now: world.now(), keepHistoryMs: 0, keepWebhooksMs: 0 })
    expect(await listNotices(world.db, { limit: 5, after: null })).toEqual([])
    await notify(deps)
    expect(mailbox.mails).toHaveLength(1)
  })

  it('are not sent where nobody is named, and the notices are kept', async () => {
    await world.db.deleteFrom('settings').where('key', '=', notificationsSetting).execute()
    await stopped()
    await notify(deps)
    expect(mailbox.mails).toEqual([])
    expect(await listNotices(world.db, { limit: 5, after: null })).toMatchObject([
      { kind: 'new_problem', deliveredAt: null },
    ])
  })
})

describe('a test mail', () => {
  it('goes to everyone who gets mails, and each is told what the mail server said', async () => {
    await mailTo([first, second])
    mailbox.refuse(second)
    expect(await sendTestMail(deps)).toEqual([
      { address: first, error: null },
      { address: second, error: expect.stringContaining('no such mailbox') },
    ])
    expect(mailbox.mails).toMatchObject([{ to: [first], mail: { subject: 'Waybill reaches you by mail' } }])
    expect(mailbox.mails[0]!.mail.text).toContain('https://waybill.example/notices')
  })

  it('that arrives lets those go at once that waited after a failure', async () => {
    mailbox.refuse(first)
    await stopped()
    await notify(deps)
    expect(await readMailState(world.db)).toMatchObject({ failures: 1, nextAt: expect.any(String) as string })
    mailbox.refuse(null)
    await sendTestMail(deps)
    await notify(deps)
    expect(subjects()).toEqual([
      'Waybill reaches you by mail',
      expect.stringMatching(/is not an item in NetSuite/),
    ])
    expect(await readMailState(world.db)).toMatchObject({ failures: 0, trouble: null })
  })

  it('is for nobody where nobody gets mails', async () => {
    await world.db.deleteFrom('settings').execute()
    expect(await sendTestMail(deps)).toBeNull()
    expect(mailbox.mails).toEqual([])
  })
})
