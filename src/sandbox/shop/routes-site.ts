import type { JsonObject, WpError } from './http.ts'
import { wpError } from './http.ts'
import { fieldsOf, linkBase, pick } from './render.ts'
import { demand, itemReply, listReply, type Call, type Handler, type Reply, type Route } from './rest.ts'
import { coreStatuses, type Shop } from './state.ts'
import { offsetSeconds, toSeconds } from './time.ts'

const woocommerceVersion = '11.0.1'
const wordpressVersion = '7.1'

const wcNamespaces = [
  'wc/v3',
  'wc/v1',
  'wc-admin',
  'wc-analytics',
  'wc/store',
  'wc/store/v1',
  'wc/private',
  'wc/v2',
]
const wpNamespaces = ['oembed/1.0', 'wp-abilities/v1', 'wp/v2', 'wp-site-health/v1', 'wp-block-editor/v1']

export const allows =
  (deed: 'list' | 'view', handler: Handler): Handler =>
  (call) =>
    demand(call, deed) ?? handler(call)

export const siteRoutes = (all: () => Route[]): Route[] => [
  { name: '/', methods: { GET: (call) => index(call, all()) } },
  { name: '/wc/v3', methods: { GET: (call) => namespaceIndex(call, all()) } },
  { name: '/wc/v3/system_status', methods: { GET: allows('list', systemStatus) } },
  { name: '/wc/v3/settings/(?P<group_id>[\\w-]+)', methods: { GET: allows('list', settingsGroup) } },
  {
    name: '/wc/v3/settings/(?P<group_id>[\\w-]+)/(?P<id>[\\w-]+)',
    methods: { GET: setting, POST: writeSetting, PUT: writeSetting, PATCH: writeSetting },
  },
  { name: '/wc/v3/data/currencies/current', methods: { GET: allows('list', currentCurrency) } },
  { name: '/wc/v3/reports/orders/totals', methods: { GET: allows('list', orderTotals) } },
]

export const homeOf = (shop: Shop): string => shop.faults.movedTo?.home ?? shop.home

/** Answers anyone; a client should ask for a few fields. recordings identity.json: wp-json index. */
function index(call: Call, routes: Route[]): Reply {
  const { shop } = call
  const home = homeOf(shop)
  const named = 'name' in shop.zone ? shop.zone.name : ''
  const hours = offsetSeconds(shop.zone, toSeconds(shop.now())) / 3600
  const site: JsonObject = {
    name: shop.name,
    description: shop.description,
    url: home,
    home,
    gmt_offset: named === '' ? String(hours) : hours,
    timezone_string: named,
    page_for_posts: 0,
    page_on_front: 0,
    show_on_front: 'posts',
    namespaces: shop.faults.deactivated
      ? wpNamespaces
      : [...wpNamespaces.slice(0, 1), ...wcNamespaces, ...wpNamespaces.slice(1)],
    authentication: {
      'application-passwords': { endpoints: { authorization: `${home}/wp-admin/authorize-application.php` } },
    },
    routes: routesJson(shop, routes),
    site_logo: 0,
    site_icon: 0,
    site_icon_url: '',
    _links: { help: [{ href: 'https://developer.wordpress.org/rest-api/' }] },
  }
  const fields = fieldsOf(call.request)
  return { json: fields === null ? site : pick(site, fields) }
}

function namespaceIndex(call: Call, routes: Route[]): Reply {
  const inside = routes.filter((route) => route.name.startsWith('/wc/v3'))
  const json: JsonObject = {
    namespace: 'wc/v3',
    routes: routesJson(call.shop, inside),
    _links: { up: [{ href: `${linkBase(call.shop, call.request)}/wp-json/` }] },
  }
  const fields = fieldsOf(call.request)
  return { json: fields === null ? json : pick(json, fields) }
}

function routesJson(shop: Shop, routes: Route[]): JsonObject {
  const shown = routes.filter((route) => !route.when || route.when(shop))
  return Object.fromEntries(
    shown.map((route) => {
      const methods = Object.keys(route.methods)
      const namespace = route.name === '/' ? '' : route.name.split('/').slice(1, 3).join('/')
      return [
        route.name,
        { namespace, methods, endpoints: methods.map((method) => ({ methods: [method], args: {} })) },
      ]
    }),
  )
}

/** recordings identity.json: system_status environment, settings. The store id is the shop's permanent identity. */
function systemStatus(call: Call): Reply {
  const { shop } = call
  const home = homeOf(shop)
  const features = [
    'analytics',
    'marketplace',
    'order_attribution',
    'site_visibility_badge',
    'remote_logging',
    'email_improvements',
    'blueprint',
    'point_of_sale',
    ...(shop.fulfillmentsOn ? ['fulfillments'] : []),
    'push_notifications',
    'product_instance_caching',
    'custom_order_tables',
  ]
  return itemReply(call, {
    environment: {
      home_url: home,
      site_url: home,
      store_id: shop.storeId,
      version: woocommerceVersion,
      wp_version: wordpressVersion,
      wp_multisite: false,
      wp_memory_limit: 536870912,
      wp_debug_mode: false,
      wp_cron: true,
      wp_environment_type: 'production',
      language: 'en_US',
      server_info: 'nginx/1.26.2',
      php_version: '8.2.36',
      php_post_max_size: 8388608,
      php_max_execution_time: 30,
      max_upload_size: 2097152,
      mysql_version: '10.11.19',
      mysql_version_string: '10.11.19-MariaDB-0+deb12u1',
      default_timezone: 'UTC',
    },
    database: { wc_database_version: woocommerceVersion, database_prefix: 'wp_', maxmind_geoip_database: '' },
    active_plugins: [
      {
        plugin: 'woocommerce/woocommerce.php',
        name: 'WooCommerce',
        version: woocommerceVersion,
        author_name: 'Automattic',
      },
    ],
    settings: {
      api_enabled: false,
      force_ssl: false,
      currency: shop.currency,
      currency_symbol: '&euro;',
      currency_position: 'left',
      thousand_separator: ',',
      decimal_separator: '.',
      number_of_decimals: 2,
      geolocation_enabled: false,
      taxonomies: { external: 'external', grouped: 'grouped', simple: 'simple', variable: 'variable' },
      order_datastore: 'Automattic\\WooCommerce\\Internal\\DataStores\\Orders\\OrdersTableDataStore',
      HPOS_enabled: true,
      HPOS_sync_enabled: false,
      enabled_features: features,
    },
  })
}

const settingValues = (shop: Shop, group: string): [id: string, value: string][] | null => {
  if (group === 'general')
    return [
      ['woocommerce_store_address', 'Süderhofenden 12'],
      ['woocommerce_store_address_2', ''],
      ['woocommerce_store_city', 'Flensburg'],
      ['woocommerce_default_country', shop.country],
      ['woocommerce_store_postcode', '24937'],
      ['woocommerce_allowed_countries', 'all'],
      ['woocommerce_ship_to_countries', ''],
      ['woocommerce_default_customer_address', 'base'],
      ['woocommerce_calc_taxes', 'yes'],
      ['woocommerce_enable_coupons', 'yes'],
      ['woocommerce_calc_discounts_sequentially', 'no'],
      ['woocommerce_currency', shop.currency],
      ['woocommerce_currency_pos', 'left'],
      ['woocommerce_price_thousand_sep', ','],
      ['woocommerce_price_decimal_sep', '.'],
      ['woocommerce_price_num_decimals', '2'],
    ]
  if (group === 'tax')
    return [
      ['woocommerce_prices_include_tax', shop.pricesIncludeTax ? 'yes' : 'no'],
      ['woocommerce_tax_based_on', 'shipping'],
      ['woocommerce_shipping_tax_class', 'inherit'],
      ['woocommerce_tax_round_at_subtotal', 'no'],
      ['woocommerce_tax_classes', 'Reduced rate'],
      ['woocommerce_tax_display_shop', 'excl'],
      ['woocommerce_tax_display_cart', 'excl'],
      ['woocommerce_price_display_suffix', ''],
      ['woocommerce_tax_total_display', 'itemized'],
    ]
  return null
}

function settingsGroup(call: Call): Reply | WpError {
  const values = settingValues(call.shop, call.params[0] ?? '')
  if (!values) return wpError(404, 'rest_setting_setting_group_invalid', 'Invalid setting group.')
  return listReply(
    call,
    values.map(([id, value]) => ({ id, value })),
  )
}

const invalidSetting = (): WpError => wpError(404, 'rest_setting_setting_invalid', 'Invalid setting.')

function setting(call: Call): Reply | WpError {
  const [group = '', id = ''] = call.params
  const found = settingValues(call.shop, group)?.find(([name]) => name === id)
  if (!found) return invalidSetting()
  const base = `${linkBase(call.shop, call.request)}/wp-json/wc/v3/settings/${group}`
  return (
    demand(call, 'view') ??
    itemReply(call, {
      id,
      value: found[1],
      _links: {
        self: [{ href: `${base}/${id}`, targetHints: { allow: ['GET', 'POST', 'PUT', 'PATCH'] } }],
        collection: [{ href: base }],
      },
    })
  )
}

/** The sandbox keeps its settings as they are; one that does not exist is 404 as in recordings fulfillments.json. */
function writeSetting(call: Call): Reply | WpError {
  const [group = '', id = ''] = call.params
  if (!settingValues(call.shop, group)?.some(([name]) => name === id)) return invalidSetting()
  return demand(call, 'edit') ?? setting(call)
}

function currentCurrency(call: Call): Reply {
  const base = `${linkBase(call.shop, call.request)}/wp-json/wc/v3/data/currencies`
  return itemReply(call, {
    code: call.shop.currency,
    name: call.shop.currency === 'EUR' ? 'Euro' : call.shop.currency,
    symbol: '&euro;',
    _links: {
      self: [{ href: `${base}/${call.shop.currency}`, targetHints: { allow: ['GET'] } }],
      collection: [{ href: base }],
    },
  })
}

/** Every status there is, those of plug-ins too. recordings identity.json: order statuses. */
function orderTotals(call: Call): Reply {
  const { shop } = call
  const statuses: [string, string][] = [...coreStatuses, ...shop.customStatuses, ['checkout-draft', 'Draft']]
  const count = new Map<string, number>()
  for (const order of shop.orders.values()) count.set(order.status, (count.get(order.status) ?? 0) + 1)
  return listReply(
    call,
    statuses.map(([slug, name]) => ({ slug, name, total: count.get(slug) ?? 0 })),
  )
}
