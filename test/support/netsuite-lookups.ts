import type { NetSuiteLookups } from '../../src/connectors/netsuite/index.ts'

/** What an account of the tests knows: a customer, three currencies, a few items and tax codes. */
export function lookupsOf(given: Partial<NetSuiteLookups> = {}): NetSuiteLookups {
  return {
    items: {
      MUG: [{ id: '1001', name: 'Mug', inactive: false }],
      TEA: [{ id: '1002', name: 'Tea', inactive: false }],
      POT: [{ id: '1003', name: 'Pot', inactive: false }],
      OLD: [{ id: '1004', name: 'Old cup', inactive: true }],
      TWIN: [
        { id: '1005', name: 'Twin one', inactive: false },
        { id: '1006', name: 'Twin two', inactive: false },
      ],
    },
    customer: {
      kind: 'found',
      id: '501',
      name: 'Zoë',
      inactive: false,
      inSubsidiary: true,
      hasCurrency: true,
    },
    currencies: ['EUR', 'USD', 'JPY', 'KWD'].map((code, at) => ({
      id: String(at + 1),
      code,
      inactive: false,
    })),
    subsidiaries: [
      { id: '1', name: 'Parent', parent: null, currency: '1' },
      { id: '2', name: 'Daughter', parent: '1', currency: '2' },
    ],
    taxRates: { '11': '19', '12': '7', '13': '0', '14': '8.875' },
    timeZone: null,
    ...given,
  }
}
