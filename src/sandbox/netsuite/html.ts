/** HTML that is safe to put into a page. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Part = Html | string | number | null | undefined | false | Part[]

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function render(part: Part): string {
  if (part instanceof Html) return part.text
  if (Array.isArray(part)) return part.map(render).join('')
  if (part === null || part === undefined || part === false) return ''
  return String(part).replace(/[&<>"']/g, (sign) => escapes[sign]!)
}

/** A template whose values are escaped, unless they are HTML themselves. */
export const html = (strings: TemplateStringsArray, ...parts: Part[]): Html =>
  new Html(strings.reduce((text, string, at) => text + render(parts[at - 1]) + string))

const style = new Html(`
:root { color-scheme: light dark; --ink: #1c2733; --soft: #5d6b7a; --line: #dde3ea; --back: #f4f6f9; --card: #fff;
  --head: #24385b; --accent: #2a6592; --good: #17663b; --goodback: #e0f3e7; --warn: #7a4a00; --warnback: #fdeecd;
  --bad: #9b1c1c }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf1; --soft: #9fb0c3; --line: #2f3d4d; --back: #131a22;
  --card: #1b242e; --head: #1a2943; --accent: #7db8e8; --good: #8fdcae; --goodback: #173b27; --warn: #f5cf86;
  --warnback: #43330f; --bad: #ff9d9d } }
* { box-sizing: border-box }
body { margin: 0; font: 15px/1.5 system-ui, 'Segoe UI', sans-serif; color: var(--ink); background: var(--back) }
header { background: var(--head); color: #fff; padding: 14px 28px; display: flex; gap: 28px; align-items: baseline;
  flex-wrap: wrap }
header strong { font-size: 18px } header span { opacity: .8 }
header nav { margin-left: auto; display: flex; gap: 20px }
header a { color: #fff }
main { max-width: 1320px; margin: 24px auto 60px; padding: 0 20px }
h1 { font-size: 22px; margin: 0 0 4px } h2 { font-size: 16px; margin: 28px 0 8px }
p.lead { color: var(--soft); margin: 0 0 18px }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; overflow-x: auto }
.pad { padding: 16px 20px }
table { border-collapse: collapse; width: 100% }
th { text-align: left; font-size: 12px; color: var(--soft); font-weight: 600; padding: 10px 14px;
  border-bottom: 1px solid var(--line) }
td { padding: 10px 14px; border-bottom: 1px solid var(--line); vertical-align: top }
tr:last-child td { border-bottom: 0 }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
code { font: 13px ui-monospace, monospace; color: var(--soft); overflow-wrap: anywhere }
a { color: var(--accent) }
.badge { border-radius: 20px; padding: 2px 10px; font-size: 13px; white-space: nowrap; background: var(--warnback);
  color: var(--warn) }
.badge.good { background: var(--goodback); color: var(--good) }
form { display: inline-flex; gap: 8px; align-items: center; flex-wrap: wrap; margin: 0 }
input, select, button { font: inherit; padding: 6px 10px; border-radius: 7px; border: 1px solid var(--line);
  background: var(--card); color: var(--ink) }
input.short { width: 84px } input.medium { width: 150px }
table code { white-space: nowrap } tr.total td { font-weight: 650 }
.card + .card { margin-top: 12px } .two .card + .card { margin-top: 0 }
button { cursor: pointer; border-color: var(--accent); color: var(--accent) }
button.main { background: #2a6592; color: #fff; border-color: #2a6592 }
button.danger { color: var(--bad); border-color: currentColor }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 24px; margin: 0 }
dt { color: var(--soft) } dd { margin: 0 }
.error { background: var(--warnback); color: var(--warn); border-radius: 8px; padding: 10px 16px; margin-bottom: 16px }
.empty { padding: 44px; text-align: center; color: var(--soft) }
.buttons { display: flex; gap: 10px; flex-wrap: wrap }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 18px }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
`)

/** Every three seconds the page looks again, unless somebody is writing in it. */
const refresh = new Html(`
setInterval(async () => {
  if (document.activeElement && document.activeElement.matches('main input, main select, main button')) return
  try {
    const text = await (await fetch(location.href)).text()
    const fresh = new DOMParser().parseFromString(text, 'text/html').querySelector('main')
    if (fresh) document.querySelector('main').replaceWith(fresh)
  } catch { /* the sandbox is away: look again in three seconds */ }
}, 3000)
`)

export function page(account: string, title: string, error: string | undefined, content: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} – sandbox NetSuite</title>
        <link rel="icon" href="data:," />
        <style>
          ${style}
        </style>
      </head>
      <body>
        <header>
          <strong>Sandbox NetSuite</strong><span>account ${account}</span>
          <nav><a href="/">Sales orders</a><a href="/control">Control</a></nav>
        </header>
        <main>${error !== undefined && html`<div class="error" role="alert">${error}</div>`}${content}</main>
        <script>
          ${refresh}
        </script>
      </body>
    </html>`.text
}
