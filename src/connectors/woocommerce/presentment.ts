import type { Presentment } from '../../order/order.ts'
import { metaText } from './lines.ts'
import type { RawWooOrder } from './raw-order.ts'

/**
 * Where the plug-ins that let customers choose a currency write the shop's own one, and the rate by which they turned
 * its prices into the order's: WooPayments' multi-currency module (its `add_order_meta`), and FOX (WOOCS).
 */
const keptBy = [
  {
    currency: '_wcpay_multi_currency_order_default_currency',
    rate: '_wcpay_multi_currency_order_exchange_rate',
  },
  { currency: '_woocs_order_base_currency', rate: '_woocs_order_rate' },
]

/**
 * WooCommerce keeps an order in the currency the customer saw, and knows no other. Null where no plug-in says that the
 * shop's own is another one.
 */
export function presentmentOf(order: RawWooOrder): Presentment | null {
  const currency = order.currency.toUpperCase()
  for (const key of keptBy) {
    const shopCurrency = metaText(order.meta_data, key.currency)?.trim().toUpperCase() ?? ''
    if (!/^[A-Z]{3}$/.test(shopCurrency) || shopCurrency === currency) continue
    const rate = metaText(order.meta_data, key.rate)?.trim() ?? ''
    return { currency, total: order.total, shopCurrency, rate: isRate(rate) ? rate : null }
  }
  return null
}

const isRate = (text: string) => /^\d{1,12}(\.\d{1,20})?$/.test(text) && /[1-9]/.test(text)
