import { expect, test } from 'vitest'
import { messageOf } from '../../src/mail/message.ts'

const part = {
  title: 'SKU "<b>" is not an item',
  detail: 'a & b',
  lines: ['<img src=x onerror=alert(1)>'],
  url: 'https://waybill.example/problems?a=1&b="2"',
}

test('what comes from a shop is text in a mail, whatever it looks like', () => {
  const { html, text } = messageOf(
    [part],
    [{ what: 'new "problems"', url: 'https://waybill.example/leave/x' }],
  )
  expect(html.match(/<(img|b)\b/g)).toBeNull()
  expect(html).toContain('href="https://waybill.example/problems?a=1&amp;b=&quot;2&quot;"')
  expect(text).toContain('- <img src=x onerror=alert(1)>')
  expect(text).toContain('No mails about new "problems": https://waybill.example/leave/x')
})

test('the subject tells the first thing, and how many more there are', () => {
  expect(messageOf([part], []).subject).toBe(part.title)
  expect(messageOf([part, part, part], []).subject).toBe(`${part.title} (and 2 more)`)
})

test('long sentences are wrapped as text', () => {
  const { text } = messageOf([{ ...part, detail: 'word '.repeat(60).trim(), lines: [] }], [])
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(76)
})
