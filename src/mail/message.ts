import { escapeHtml as escape } from './escape.ts'

/** What a mail tells, one part after the other. */
export interface Told {
  title: string
  detail: string
  lines: readonly string[]
  /** Where it is shown; null where the page has no address that can be reached. */
  url: string | null
}

export interface Message {
  subject: string
  text: string
  html: string
}

interface Leaving {
  /** "new problems" */
  what: string
  url: string
}

/** A mail of some parts as text and as HTML: one narrow column, readable on a phone, without pictures. */
export function messageOf(parts: readonly Told[], leaving: readonly Leaving[]): Message {
  const [first, ...more] = parts
  if (!first) throw new Error('a mail needs something to tell')
  const subject = more.length === 0 ? first.title : `${first.title} (and ${more.length} more)`
  return { subject, text: textOf(parts, leaving), html: htmlOf(subject, parts, leaving) }
}

const width = 76

function wrapped(text: string): string {
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!
    if (last !== '' && last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return lines.join('\n')
}

function textOf(parts: readonly Told[], leaving: readonly Leaving[]): string {
  const blocks = parts.map(({ title, detail, lines, url }) =>
    [
      wrapped(title),
      '',
      wrapped(detail),
      ...(lines.length > 0 ? ['', ...lines.map((line) => `- ${line}`)] : []),
      ...(url === null ? [] : ['', url]),
    ].join('\n'),
  )
  const leave = leaving.map(({ what, url }) => `No mails about ${what}: ${url}`)
  return `${[...blocks, ['-- ', 'Waybill', ...leave].join('\n')].join('\n\n\n')}\n`
}

const font = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"

function htmlOf(subject: string, parts: readonly Told[], leaving: readonly Leaving[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${escape(subject)}</title>
</head>
<body style="margin:0;padding:16px;${font};font-size:16px;line-height:1.5">
<div style="max-width:600px;margin:0 auto;overflow-wrap:anywhere">
${parts.map(partOf).join('\n')}
<p style="border-top:1px solid #8888;padding-top:12px;font-size:13px;opacity:.75">Waybill${leaving
    .map(
      ({ what, url }) =>
        `<br><a href="${escape(url)}" style="color:inherit">No mails about ${escape(what)}</a>`,
    )
    .join('')}</p>
</div>
</body>
</html>
`
}

function partOf({ title, detail, lines, url }: Told): string {
  const list =
    lines.length === 0
      ? ''
      : `\n<ul style="margin:0 0 12px;padding-left:20px">${lines.map((line) => `<li style="margin-bottom:4px">${escape(line)}</li>`).join('')}</ul>`
  const link =
    url === null
      ? ''
      : `\n<p style="margin:0 0 28px"><a href="${escape(url)}" style="display:inline-block;padding:8px 16px;border-radius:6px;background:#1f5fbf;color:#ffffff;text-decoration:none">Open Waybill</a></p>`
  return `<h1 style="margin:0 0 8px;font-size:20px;line-height:1.3">${escape(title)}</h1>
<p style="margin:0 0 12px">${escape(detail)}</p>${list}${link}`
}
