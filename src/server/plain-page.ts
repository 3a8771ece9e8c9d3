import type { FastifyReply } from 'fastify'
import { escapeHtml as escape } from '../mail/escape.ts'

interface PlainPage {
  title: string
  text: string
  /** A sentence, and a command to type. */
  do?: readonly [string, string]
  /** What the page offers to do. */
  button?: { label: string; action: string }
}

/** A page without script or style of its own: for what a person meets before the page can load, or without it. */
export function plainPage(reply: FastifyReply, page: PlainPage): FastifyReply {
  const { title, text, do: todo, button } = page
  return reply.type('text/html; charset=utf-8').send(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)} – Waybill</title></head>
<body><main>
<h1>${escape(title)}</h1>
<p>${escape(text)}</p>
${todo ? `<p>${escape(todo[0])}</p>\n<pre>${escape(todo[1])}</pre>\n` : ''}${button ? `<form method="post" action="${escape(button.action)}"><button>${escape(button.label)}</button></form>\n` : ''}</main></body>
</html>
`)
}
