import type { ShopAnswer, ShopRequest } from './http.ts'
import { textOf } from './php.ts'
import { apiLink, linkBase } from './render.ts'
import { answerRest, type Route } from './rest.ts'
import { catalogueRoutes } from './routes-catalogue.ts'
import { fulfillmentRoutes } from './routes-fulfillments.ts'
import { noteRoutes } from './routes-notes.ts'
import { orderRoutes } from './routes-orders.ts'
import { refundRoutes } from './routes-refunds.ts'
import { siteRoutes } from './routes-site.ts'
import { webhookRoutes } from './routes-webhooks.ts'
import type { Shop } from './state.ts'

const routes: Route[] = [
  ...siteRoutes(() => routes),
  ...catalogueRoutes,
  ...orderRoutes,
  ...noteRoutes,
  ...refundRoutes,
  ...fulfillmentRoutes,
  ...webhookRoutes,
]
const withoutWoo: Route[] = routes.filter((route) => !route.name.startsWith('/wc/'))

/** Answers a request to the site: the REST API, the front page, or WordPress' page for what is not there. */
export function answerSite(shop: Shop, request: ShopRequest): ShopAnswer {
  const moved = shop.faults.movedTo
  if (moved?.mode === 'redirect' && request.headers['host'] !== new URL(moved.home).host) {
    const rest = request.url.slice(shop.prefix.length)
    return redirect(301, `${moved.home}${rest}`)
  }
  if (request.outside) return page(404, 'Page not found', shop)
  const known = shop.faults.deactivated ? withoutWoo : routes
  const asked = textOf(request.query, 'rest_route')
  if (asked !== undefined && (request.path === '/' || request.path === '/index.php'))
    return answerRest(shop, request, asked, known)
  const behind = /^\/wp-json(\/.*)?$/.exec(request.path)
  if (behind && !shop.plainPermalinks) return answerRest(shop, request, behind[1] ?? '/', known)
  if (behind) return plainPermalinkAnswer(shop, request)
  if (request.path === '/' || request.path === '/index.php') return frontPage(shop, request)
  return page(404, 'Page not found', shop)
}

/** recordings broken.json: plain permalinks: index (200 HTML); orders (301, then 200 HTML). README fact 4. */
function plainPermalinkAnswer(shop: Shop, request: ShopRequest): ShopAnswer {
  if (request.path.endsWith('/')) return frontPage(shop, request)
  const [, query = ''] = request.url.split(/\?(.*)/s)
  const to = `${linkBase(shop, request)}${request.path}/${query === '' ? '' : `?${query}`}`
  return { ...redirect(301, to), headers: { ...redirect(301, to).headers, 'x-redirect-by': 'WordPress' } }
}

/** The front page names the address of the REST API in its Link header. */
function frontPage(shop: Shop, request: ShopRequest): ShopAnswer {
  const answer = page(200, shop.name, shop)
  return { ...answer, headers: { ...answer.headers, link: apiLink(shop, request) } }
}

const redirect = (status: number, location: string): ShopAnswer => ({
  status,
  headers: { 'content-type': 'text/html; charset=UTF-8', location },
  body: '',
})

const page = (status: number, title: string, shop: Shop): ShopAnswer => ({
  status,
  headers: { 'content-type': 'text/html; charset=UTF-8' },
  body: `<!DOCTYPE html>\n<html lang="en-US">\n<head>\n\t<meta charset="UTF-8" />\n<title>${escape(title)} &#8211; ${escape(shop.name)}</title>\n</head>\n<body><h1>${escape(title)}</h1></body>\n</html>\n`,
})

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
