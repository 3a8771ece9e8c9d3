import { Big } from 'big.js'
import {
  exemptTaxCode,
  mandatoryField,
  orderSubsidiary,
  paymentMethods,
  shippingMethods,
  taxRates,
} from './catalogue.ts'
import { demoIds } from './netsuite/demo.ts'

/**
 * How the route of the demo maps the sandbox shop onto the sandbox NetSuite, as it would stand in waybill.yaml. What
 * nobody has mapped yet in the catalogue's business stays unmapped here: the demo shows what happens then.
 */
export const demoMapping = {
  items: {
    byKind: {
      fee: demoIds.items.fee,
      shipping: demoIds.items.shipping,
      tip: demoIds.items.tip,
      gift_card: demoIds.items.giftCard,
      discount: demoIds.items.discountLine,
      custom: demoIds.items.custom,
      withoutSku: demoIds.items.custom,
    },
  },
  payment: {
    field: 'paymentOption',
    methods: Object.fromEntries(
      paymentMethods.flatMap(({ id, netsuiteName }) =>
        netsuiteName === undefined ? [] : [[id, demoIds.paymentMethods[netsuiteName]!]],
      ),
    ),
  },
  shipping: {
    methods: Object.fromEntries(
      shippingMethods.map(({ id, instanceId, netsuiteName }) => [
        `${id}:${instanceId}`,
        demoIds.shipItems[netsuiteName]!,
      ]),
    ),
  },
  tax: {
    mode: 'taxCode',
    codes: Object.fromEntries(
      taxRates.map((rate) => [
        `${rate.country}:${new Big(rate.rate).times(100).toFixed()}`,
        demoIds.taxCodes[rate.netsuiteCode]!,
      ]),
    ),
    none: demoIds.taxCodes[exemptTaxCode.netsuiteCode]!,
  },
  defaults: { subsidiary: orderSubsidiary, location: demoIds.location, customForm: demoIds.customForm },
  fields: { [mandatoryField.netsuiteField]: mandatoryField.from },
}
