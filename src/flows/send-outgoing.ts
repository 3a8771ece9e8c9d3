import type { Tx } from '../ledger/database.ts'
import type { Notice } from '../ledger/notices.ts'
import {
  dropWaiting,
  handOut,
  noteReceiverFails,
  noteRefused,
  noteTaken,
  outgoingCounts,
  readReceiver,
  hurryReceiver,
  type SendTrouble,
  takeSendingTurn,
  type Waiting,
  waitingFor,
} from '../ledger/outgoing.ts'
import type { Vault } from '../ledger/secrets.ts'
import { lockConfiguration } from '../ledger/settings.ts'
import type { Deps } from './deps.ts'
import { readNotifications } from './known-configuration.ts'
import { type Receiver, receiversOf } from './receivers.ts'
import { readAnswer, type Sent } from './send-trouble.ts'
import { webhookHeaders } from './sign-webhook.ts'
import { slackMessageOf, slackTest } from './slack-message.ts'
import { eventOf, testEvent, testWords } from './webhook-body.ts'

export interface SendDeps extends Pick<Deps, 'db' | 'now' | 'newId' | 'log' | 'signal' | 'outgoing'> {
  vault: Vault
  /** WAYBILL_PUBLIC_URL: what links lead to; null where it is not set. */
  publicUrl: string | null
}

const minute = 60_000
const day = 24 * 60 * minute
const longestWaitMs = 60 * minute
/** What no try of so long has brought to its receiver is given up; it stands on the page in any case. */
const giveUpAfterMs = 3 * day
/** A receiver that is slow lets the others wait for so long at most. */
const turnMs = 30_000

/**
 * Sends what waits for receivers. What is to be sent is in the ledger before it is sent, and is noted as taken after the
 * receiver has said so: who dies in between sends it again, under the same id.
 */
export async function sendOutgoing(deps: SendDeps): Promise<void> {
  const receivers = await deps.db.transaction().execute((tx) => handOutNews(deps, tx))
  if (receivers.length === 0) return
  await deps.db.transaction().execute(async (tx) => {
    if (!(await takeSendingTurn(tx))) return
    await Promise.all(receivers.map((receiver) => sendWaiting(deps, receiver)))
  })
}

async function handOutNews(deps: SendDeps, tx: Tx): Promise<Receiver[]> {
  await lockConfiguration(tx)
  const wanted = await readNotifications(tx, deps.vault)
  const receivers = wanted === null ? [] : receiversOf(wanted)
  await handOut(tx, receivers, deps.now())
  return receivers
}

/** One after the other, the oldest first, until the receiver takes nothing more. */
async function sendWaiting(deps: SendDeps, receiver: Receiver): Promise<void> {
  const { db, now } = deps
  const begun = now()
  const { nextAt } = await readReceiver(db, receiver.key)
  if (nextAt !== null && begun < nextAt) return
  for (const waiting of await waitingFor(db, receiver.key, begun)) {
    const { notice } = waiting
    if (now().getTime() - begun.getTime() > turnMs) return
    if (!receiver.kinds.includes(notice.kind)) await dropWaiting(db, notice.id, receiver.key)
    else {
      const sent = await send(deps, receiver, notice.id, bodyFor(deps, receiver, notice))
      if (!(await noteSent(deps, receiver, waiting, sent))) return
    }
  }
}

/** Notes what became of a notice; false where the receiver takes nothing more for now. */
async function noteSent(deps: SendDeps, receiver: Receiver, waiting: Waiting, sent: Sent): Promise<boolean> {
  const { db, log } = deps
  const at = deps.now()
  const about = { noticeId: waiting.notice.id, receiver: receiver.key, at }
  if (sent.taken) {
    await noteTaken(db, { ...about, told: receiver.kind === 'slack' })
    return true
  }
  // A call that was cut off by our own end says nothing of the receiver.
  if (deps.signal.aborted) return false
  const { trouble, ofThisOnly, waitMs } = sent
  const later = (ms: number) => new Date(at.getTime() + Math.max(waitMs, ms))
  log.warn({ receiver: receiver.name, ...trouble }, 'a receiver did not take a notice; it is tried again')
  if (ofThisOnly) {
    const age = at.getTime() - waiting.since.getTime()
    const wait = Math.min(longestWaitMs, Math.max(minute, age))
    const isOver = age >= giveUpAfterMs
    await noteRefused(db, { ...about, trouble, nextAt: isOver ? null : later(wait) })
    if (isOver) log.warn({ receiver: receiver.name, notice: about.noticeId }, 'a notice was given up')
    return true
  }
  const failures = (await readReceiver(db, receiver.key)).failures + 1
  const nextAt = later(Math.min(longestWaitMs, minute * 2 ** (failures - 1)))
  const tooOld = new Date(at.getTime() - giveUpAfterMs)
  const givenUp = await noteReceiverFails(db, { ...about, failures, trouble, nextAt, tooOld })
  if (givenUp > 0) log.warn({ receiver: receiver.name, notices: givenUp }, 'notices were given up')
  return false
}

/** What a receiver is sent of a notice. In a chat are people, so they have the same words as in a mail. */
const bodyFor = ({ publicUrl }: SendDeps, { kind }: Receiver, notice: Notice): object =>
  kind === 'slack' ? { text: slackMessageOf(notice, publicUrl) } : eventOf(notice, publicUrl)

async function send(deps: SendDeps, receiver: Receiver, id: string, content: object): Promise<Sent> {
  const { kind, url, secrets, name } = receiver
  const body = JSON.stringify(content)
  const outcome = await deps.outgoing({
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/json',
      ...(kind === 'webhook' && webhookHeaders({ id, at: deps.now(), body }, secrets)),
    },
    body,
  })
  return readAnswer(outcome, name, deps.now())
}

/** How it goes with a receiver. */
export interface ReceiverReport {
  name: string
  kind: Receiver['kind']
  /** How many notices wait for it. */
  waiting: number
  /** How many were given up within the last week. */
  givenUp: number
  trouble: (SendTrouble & { nextAt: Date | null }) | null
}

/** How it goes with each receiver of the configuration. */
export async function reportReceivers(
  deps: Pick<SendDeps, 'db' | 'now' | 'vault'>,
): Promise<ReceiverReport[]> {
  const wanted = await readNotifications(deps.db, deps.vault)
  const since = new Date(deps.now().getTime() - 7 * day)
  const reports: ReceiverReport[] = []
  for (const { key, name, kind } of wanted === null ? [] : receiversOf(wanted)) {
    const state = await readReceiver(deps.db, key)
    const { waiting, givenUp, refusal, nextAt } = await outgoingCounts(deps.db, key, since)
    const trouble = waiting + givenUp === 0 ? null : (state.trouble ?? refusal)
    const triedAt = waiting === 0 ? null : (state.nextAt ?? nextAt)
    reports.push({ name, kind, waiting, givenUp, trouble: trouble && { ...trouble, nextAt: triedAt } })
  }
  return reports
}

export interface ReceiverTried {
  name: string
  kind: Receiver['kind']
  /** Null: it has taken the test. */
  trouble: SendTrouble | null
}

/**
 * Sends a test to each receiver; null when there is none. What waits for one that takes it is tried again at once.
 */
export async function sendTests(deps: SendDeps): Promise<ReceiverTried[] | null> {
  const wanted = await readNotifications(deps.db, deps.vault)
  const receivers = wanted === null ? [] : receiversOf(wanted)
  if (receivers.length === 0) return null
  return Promise.all(
    receivers.map(async (receiver) => {
      const id = deps.newId()
      const { publicUrl, now } = deps
      const test =
        receiver.kind === 'slack'
          ? { text: slackTest(testWords, publicUrl) }
          : testEvent(id, now(), publicUrl)
      const sent = await send(deps, receiver, id, test)
      if (sent.taken) await deps.db.transaction().execute((tx) => hurryReceiver(tx, receiver.key, deps.now()))
      return { name: receiver.name, kind: receiver.kind, trouble: sent.taken ? null : sent.trouble }
    }),
  )
}
