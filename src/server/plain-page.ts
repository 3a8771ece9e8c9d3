import type { FastifyReply } from 'fastify'

/** A page without script or style of its own: for what a person meets before the page can load. */
export function plainPage(
  reply: FastifyReply,
  page: { title: string; text: string; do: readonly [string, string] },
): FastifyReply {
  const { title, text } = page
  return reply.type('text/html; charset=utf-8').send(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)} – Waybill</title></head>
<body><main>
<h1>${escape(title)}</h1>
<p>${escape(text)}</p>
<p>${escape(page.do[0])}</p>
<pre>${escape(page.do[1])}</pre>
</main></body>
</html>
`)
}

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char]!)
