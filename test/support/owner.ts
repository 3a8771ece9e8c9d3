import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { ParsedMail } from 'mailparser'
import type { Browser, Page } from 'playwright-core'
import { expect } from 'vitest'
import { parse, stringify } from 'yaml'
import type { Connection, List, Order } from '../../web/src/api/types.ts'
import { launchBrowser } from './browser.ts'
import { type ClockServer, serveClock } from './clock-server.ts'
import { newHome, startCommand, waybill } from './command.ts'
import { testDatabase } from './database.ts'
import { apiOf, type Demo } from './demo.ts'
import { shown } from './desk.ts'
import { type Mailbox, openMailbox } from './mailbox.ts'
import { type Outside, startOutside } from './shop-and-netsuite.ts'

/**
 * A shop owner with a shop, a NetSuite, a mailbox and a browser that is signed in to Waybill, which runs between them in
 * processes of its own. All live by one clock, which goes on as clocks do, and is moved on where hours have to pass.
 */
export interface Owner {
  url: string
  shop: Outside['shop']['control']
  netsuite: Outside['netsuite']
  api: Demo['api']
  page: Page
  /** What the API shows of the order with this number; undefined while there is none. */
  order(number: string): Promise<Order | undefined>
  status(number: string): Promise<string | undefined>
  /** Lets these minutes pass, with everything that happens in them by itself. */
  pass(minutes: number): Promise<void>
  /** Moves the clock at once, for a time in which nothing can happen. */
  leap(minutes: number): void
  /** The next mail that says this, once it is there; one that has been read does not come again. */
  mail(says: RegExp): Promise<ParsedMail>
  /** Of all mails that have come. */
  subjects(): string[]
  /** Clicks the link to this page of Waybill in the mail's text, as its reader does. */
  open(mail: ParsedMail, at: string): Promise<void>
  /** Asks the Why box; resolves when shop and NetSuite have been asked as well. */
  why(number: string): Promise<ReturnType<Page['locator']>>
  /** What the page threw. */
  complaints: string[]
  close(): Promise<void>
}

const address = 'owner@nordlys.example'
/** Shorter than what Waybill takes for a time in which it did not run. */
const stepMinutes = 5
const tickMs = 200
const lookEveryMs = 10_000

/** @param rule of the route: when orders in error are given up, and how long before that it is said */
export async function startOwner(rule: { after: string; warn: string[] }): Promise<Owner> {
  const undo: (() => unknown)[] = []
  const close = async () => {
    for (const each of undo.toReversed()) await each()
  }
  try {
    const clock = await serveClock(new Date())
    undo.push(() => clock.close())
    const ticking = setInterval(() => move(clock, tickMs), tickMs)
    undo.push(() => clearInterval(ticking))
    const outside = await startOutside(clock)
    undo.push(() => outside.close())
    const mailbox = await openMailbox()
    undo.push(() => mailbox.close())
    const { home, started } = await startWaybill(clock, undo)
    await configure(home, { outside, mailbox, rule })
    const browser = await launchBrowser()
    undo.push(() => browser.close())
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    page.setDefaultTimeout(20_000)
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(started.ready['link']!)
    await shown(page)
    const url = started.ready['url']!
    const api = await apiOf(home, url)
    const order = async (number: string) =>
      (await api<List<Order>>(`/orders?search=${number}`)).items.find((found) => found.number === number)
    return {
      url,
      shop: outside.shop.control,
      netsuite: outside.netsuite,
      api,
      page,
      order,
      status: async (number) => (await order(number))?.status,
      pass: (minutes) => pass(clock, api, minutes),
      leap: (minutes) => move(clock, minutes * 60_000),
      mail: (says) => nextMail({ mailbox, browser, clock }, says),
      subjects: () => mailbox.mails.map(({ mail }) => mail.subject!),
      open: (mail, at) => openLink(page, mail, url + at),
      why: (number) => askWhy(page, number),
      complaints,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

const move = (clock: ClockServer, ms: number) => clock.moveTo(new Date(clock.now().getTime() + ms))

async function startWaybill(clock: ClockServer, undo: (() => unknown)[]) {
  const { home, remove } = await newHome()
  undo.push(remove)
  const database = await testDatabase('template1')
  undo.push(() => database.drop())
  const started = await startCommand(['start', '--port', '0'], {
    WAYBILL_HOME: home,
    DATABASE_URL: database.url,
    WAYBILL_ALLOW_HOSTS: '127.0.0.1',
    WAYBILL_LOG: 'silent',
    ...clock.env,
  })
  undo.push(() => started.stop())
  return { home, started }
}

/** Applies a waybill.yaml as a person does: the shop, NetSuite, the rule, and who gets mails. */
async function configure(
  home: string,
  { outside, mailbox, rule }: { outside: Outside; mailbox: Mailbox; rule: object },
): Promise<void> {
  const file = path.join(home, 'waybill.yaml')
  const configuration = parse(outside.yaml) as { routes: object[] }
  await writeFile(
    file,
    stringify({
      ...configuration,
      routes: configuration.routes.map((route) => ({ ...route, autoCancel: rule })),
      notifications: { email: { to: [address], from: 'waybill@nordlys.example', smtp: '${SMTP}' } },
    }),
  )
  const env = { WAYBILL_HOME: home, ...outside.env, SMTP: mailbox.url }
  const { code, stderr } = await waybill(['apply', '-f', file], env)
  expect({ code, stderr }).toMatchObject({ code: 0 })
}

async function pass(clock: ClockServer, api: Demo['api'], minutes: number): Promise<void> {
  for (let left = minutes; left > 0; left -= stepMinutes) {
    move(clock, Math.min(left, stepMinutes) * 60_000)
    const moved = clock.now().toISOString()
    await expect
      .poll(async () => (await shopOf(api)).lastReadAt ?? '', { timeout: 20_000 })
      .toSatisfy((at: string) => at >= moved)
  }
}

const shopOf = async (api: Demo['api']) =>
  (await api<List<Connection>>('/connections')).items.find(({ role }) => role === 'channel')!

const read = new WeakSet<ParsedMail>()
/** Line ends of a mail are not its reader's concern. */
const flat = (text: string) => text.replace(/\s+/g, ' ')

interface Receiving {
  mailbox: Mailbox
  browser: Browser
  clock: ClockServer
}

async function nextMail({ mailbox, browser, clock }: Receiving, says: RegExp): Promise<ParsedMail> {
  const find = () =>
    mailbox.mails.map(({ mail }) => mail).find((mail) => !read.has(mail) && says.test(flat(mail.text!)))
  const look = () => {
    // Who waits for a mail lets a while pass between two looks.
    if (find() === undefined) move(clock, lookEveryMs)
    return find() !== undefined || mailbox.mails.map(({ mail }) => mail.subject)
  }
  await expect.poll(look, { interval: 500, timeout: 60_000 }).toBe(true)
  const mail = find()!
  read.add(mail)
  await expectReadableOnAPhone(browser, mail)
  return mail
}

/** The HTML part says what the text part says, with the same links, and fits a narrow screen. */
async function expectReadableOnAPhone(browser: Browser, mail: ParsedMail): Promise<void> {
  const phone = await browser.newPage({ viewport: { width: 390, height: 844 } })
  await phone.setContent(mail.html as string)
  expect(
    await phone.evaluate('document.documentElement.scrollWidth - window.innerWidth'),
  ).toBeLessThanOrEqual(0)
  const links = await phone.locator('a').evaluateAll((all) => all.map((a) => a.getAttribute('href')))
  expect(links.toSorted()).toEqual((mail.text!.match(/https?:\/\/\S+/g) ?? []).toSorted())
  const titles = await phone.locator('h1').allInnerTexts()
  for (const title of titles) expect(flat(mail.text!)).toContain(flat(title))
  expect(titles[0]).toBe(mail.subject!.replace(/ \(and \d+ more\)$/, ''))
  await phone.close()
}

async function openLink(page: Page, mail: ParsedMail, to: string): Promise<void> {
  expect(mail.text!.match(/https?:\/\/\S+/g)).toContain(to)
  await page.goto(to)
  await shown(page)
}

async function askWhy(page: Page, number: string): Promise<ReturnType<Page['locator']>> {
  const box = page.getByRole('search', { name: 'Why is an order not in NetSuite?' })
  await box.getByRole('textbox').fill(number)
  await box.getByRole('button', { name: 'Ask why' }).click()
  const answer = page.getByRole('dialog', { name: 'Why?' })
  await answer.getByRole('heading', { name: 'What was checked' }).waitFor()
  await answer.getByText('Asking the shop and NetSuite themselves …').waitFor({ state: 'detached' })
  return answer
}
