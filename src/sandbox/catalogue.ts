/**
 * The business that both sandboxes play: Nordlys Tea & Ceramics, a shop in Flensburg, Germany, that sells
 * tea and stoneware over all Europe and beyond. The sandbox shop sells from this catalogue and the sandbox
 * NetSuite seeds its items, tax codes, customers and methods from it, so that an order of the one can exist
 * in the other. What is marked as trouble here is on purpose: it is what an operator meets on a common day.
 */
import Big from 'big.js'

/** The two companies of the group; `netsuiteSubsidiary` of a customer refers to `id`. */
export const subsidiaries: { id: string; name: string; country: string; currency: string }[] = [
  { id: '1', name: 'Nordlys Tea & Ceramics GmbH', country: 'DE', currency: 'EUR' },
  { id: '2', name: 'Nordlys North America Inc.', country: 'US', currency: 'USD' },
]

/** The subsidiary that the orders of the shop are posted to. */
export const orderSubsidiary = '1'

export type TaxClass = 'standard' | 'reduced'

export interface CatalogueItem {
  sku: string
  name: string
  /** Net price (without tax) of one piece in EUR, decimal string. */
  price: string
  weightKg: string
  taxClass: TaxClass
  /** VAT in the shop's own country, as a fraction. */
  taxRate: '0.19' | '0.07'
  category: 'Tea' | 'Cups and bowls' | 'Teapots' | 'Tea ware' | 'Gifts'
  /** WooCommerce's id of the product; `variation` where the SKU belongs to a variation of that product. */
  productId: number
  variation?: { id: number; parentName: string; attribute: string; value: string }
  /** The item exists in NetSuite, but is inactive there. */
  inactive?: true
  /** The shop sells it, and NetSuite has never heard of it. */
  missingInNetSuite?: true
}

const tea = { taxClass: 'reduced', taxRate: '0.07', category: 'Tea' } as const
const cup = { taxClass: 'standard', taxRate: '0.19', category: 'Cups and bowls' } as const
const pot = { taxClass: 'standard', taxRate: '0.19', category: 'Teapots' } as const
const ware = { taxClass: 'standard', taxRate: '0.19', category: 'Tea ware' } as const
const gift = { taxClass: 'standard', taxRate: '0.19', category: 'Gifts' } as const

const glaze = (id: number, value: string) => ({
  id,
  parentName: 'Yunomi cup',
  attribute: 'glaze',
  value,
})

export const catalogue: CatalogueItem[] = [
  {
    sku: 'TEA-SENCHA-100',
    name: 'Sencha Kagoshima, 100 g',
    price: '14.90',
    weightKg: '0.12',
    ...tea,
    productId: 101,
  },
  {
    sku: 'TEA-GYOKURO-50',
    name: 'Gyokuro Yame, 50 g',
    price: '24.00',
    weightKg: '0.07',
    ...tea,
    productId: 102,
  },
  {
    sku: 'TEA-MATCHA-30',
    name: 'Matcha Uji, ceremonial grade, 30 g',
    price: '29.00',
    weightKg: '0.06',
    ...tea,
    productId: 103,
  },
  {
    sku: 'TEA-HOJICHA-100',
    name: 'Hōjicha, 100 g',
    price: '11.50',
    weightKg: '0.12',
    ...tea,
    productId: 104,
  },
  {
    sku: 'TEA-GENMAI-100',
    name: 'Genmaicha, 100 g',
    price: '10.90',
    weightKg: '0.12',
    ...tea,
    productId: 105,
  },
  {
    sku: 'TEA-LONGJING-50',
    name: 'Long Jing (Dragon Well), 50 g',
    price: '19.00',
    weightKg: '0.07',
    ...tea,
    productId: 106,
  },
  {
    sku: 'TEA-DARJ-FF-100',
    name: 'Darjeeling First Flush Jungpana, 100 g',
    price: '18.50',
    weightKg: '0.12',
    ...tea,
    productId: 107,
  },
  {
    sku: 'TEA-ASSAM-250',
    name: 'Assam Mangalam, 250 g',
    price: '16.00',
    weightKg: '0.28',
    ...tea,
    productId: 108,
  },
  {
    sku: 'TEA-EARL-100',
    name: 'Earl Grey with bergamot oil, 100 g',
    price: '9.80',
    weightKg: '0.12',
    ...tea,
    productId: 109,
  },
  {
    sku: 'TEA-FRIESE-250',
    name: 'East Frisian Blend, 250 g',
    price: '12.40',
    weightKg: '0.28',
    ...tea,
    productId: 110,
  },
  {
    sku: 'TEA-LAPSANG-100',
    name: 'Lapsang Souchong, 100 g',
    price: '13.20',
    weightKg: '0.12',
    ...tea,
    productId: 111,
    inactive: true,
  },
  {
    sku: 'TEA-TGY-50',
    name: 'Tie Guan Yin oolong, 50 g',
    price: '17.00',
    weightKg: '0.07',
    ...tea,
    productId: 112,
  },
  {
    sku: 'TEA-DHP-50',
    name: 'Da Hong Pao oolong, 50 g',
    price: '22.00',
    weightKg: '0.07',
    ...tea,
    productId: 113,
  },
  {
    sku: 'TEA-PUERH-357',
    name: 'Pu-erh cake 2016, 357 g',
    price: '48.00',
    weightKg: '0.42',
    ...tea,
    productId: 114,
  },
  {
    sku: 'TEA-BAIMU-50',
    name: 'Bai Mu Dan white tea, 50 g',
    price: '15.00',
    weightKg: '0.07',
    ...tea,
    productId: 115,
  },
  {
    sku: 'TEA-ROOIBOS-200',
    name: 'Rooibos Cederberg, 200 g',
    price: '8.90',
    weightKg: '0.22',
    ...tea,
    productId: 116,
  },
  { sku: 'TEA-NANA-75', name: 'Nana mint, 75 g', price: '6.50', weightKg: '0.09', ...tea, productId: 117 },
  {
    sku: 'TEA-CHAMOM-75',
    name: 'Chamomile flowers, 75 g',
    price: '6.20',
    weightKg: '0.09',
    ...tea,
    productId: 118,
  },
  {
    sku: 'TEA-NORDLYS-100',
    name: 'Nordlys blend (black tea, sea buckthorn), 100 g',
    price: '11.00',
    weightKg: '0.12',
    ...tea,
    productId: 119,
  },
  {
    sku: 'TEA-SAMPLER-6',
    name: 'Sampler, six teas of 20 g',
    price: '21.00',
    weightKg: '0.18',
    ...tea,
    productId: 120,
  },
  {
    sku: 'MUG-BLUE',
    name: 'Stoneware mug, fjord blue',
    price: '18.00',
    weightKg: '0.38',
    ...cup,
    productId: 201,
  },
  {
    sku: 'MUG-WHITE',
    name: 'Stoneware mug, chalk white',
    price: '18.00',
    weightKg: '0.38',
    ...cup,
    productId: 202,
  },
  {
    sku: 'MUG-MOSS',
    name: 'Stoneware mug, moss green',
    price: '18.00',
    weightKg: '0.38',
    ...cup,
    productId: 203,
  },
  {
    sku: 'MUG-RED',
    name: 'Stoneware mug, lingonberry red',
    price: '18.00',
    weightKg: '0.38',
    ...cup,
    productId: 204,
    missingInNetSuite: true,
  },
  {
    sku: 'CUP-YUN-ASH',
    name: 'Yunomi cup - Ash',
    price: '22.00',
    weightKg: '0.24',
    ...cup,
    productId: 205,
    variation: glaze(206, 'Ash'),
  },
  {
    sku: 'CUP-YUN-TEN',
    name: 'Yunomi cup - Tenmoku',
    price: '24.00',
    weightKg: '0.24',
    ...cup,
    productId: 205,
    variation: glaze(207, 'Tenmoku'),
  },
  {
    sku: 'CUP-YUN-CEL',
    name: 'Yunomi cup - Celadon',
    price: '24.00',
    weightKg: '0.24',
    ...cup,
    productId: 205,
    variation: glaze(208, 'Celadon'),
  },
  {
    sku: 'BOWL-CHAWAN',
    name: 'Matcha bowl (chawan), hand thrown',
    price: '46.00',
    weightKg: '0.45',
    ...cup,
    productId: 209,
  },
  {
    sku: 'CUP-GONGFU-4',
    name: 'Gongfu cups, set of four',
    price: '32.00',
    weightKg: '0.36',
    ...cup,
    productId: 210,
  },
  { sku: 'SAUCER-OAK', name: 'Saucer, smoked oak', price: '9.50', weightKg: '0.09', ...cup, productId: 211 },
  {
    sku: 'POT-KYUSU-300',
    name: 'Kyūsu side-handle teapot, 300 ml',
    price: '68.00',
    weightKg: '0.62',
    ...pot,
    productId: 220,
  },
  {
    sku: 'POT-GAIWAN-120',
    name: 'Gaiwan, porcelain, 120 ml',
    price: '28.00',
    weightKg: '0.28',
    ...pot,
    productId: 221,
  },
  {
    sku: 'POT-STONE-1L',
    name: 'Stoneware teapot, 1 l',
    price: '84.00',
    weightKg: '1.35',
    ...pot,
    productId: 222,
  },
  {
    sku: 'POT-GLASS-800',
    name: 'Glass teapot with strainer, 800 ml',
    price: '39.00',
    weightKg: '0.71',
    ...pot,
    productId: 223,
  },
  {
    sku: 'POT-TETSU-600',
    name: 'Cast-iron teapot (tetsubin), 600 ml',
    price: '119.00',
    weightKg: '2.10',
    ...pot,
    productId: 224,
  },
  {
    sku: 'WARE-WHISK-80',
    name: 'Matcha whisk (chasen), 80 prongs',
    price: '17.50',
    weightKg: '0.05',
    ...ware,
    productId: 230,
  },
  {
    sku: 'WARE-SCOOP',
    name: 'Bamboo scoop (chashaku)',
    price: '6.00',
    weightKg: '0.02',
    ...ware,
    productId: 231,
  },
  {
    sku: 'WARE-STRAINER',
    name: 'Strainer, stainless steel',
    price: '7.90',
    weightKg: '0.06',
    ...ware,
    productId: 232,
  },
  {
    sku: 'WARE-CADDY-S',
    name: 'Tea caddy, cherry bark, small',
    price: '44.00',
    weightKg: '0.16',
    ...ware,
    productId: 233,
  },
  {
    sku: 'WARE-TIMER-3',
    name: 'Sand timer, 2, 3 and 5 minutes',
    price: '12.00',
    weightKg: '0.11',
    ...ware,
    productId: 234,
  },
  { sku: 'WARE-TOWEL', name: 'Tea towel, linen', price: '14.00', weightKg: '0.10', ...ware, productId: 235 },
  {
    sku: 'GIFT-MATCHA-SET',
    name: 'Matcha set: bowl, whisk, scoop',
    price: '66.00',
    weightKg: '0.60',
    ...gift,
    productId: 240,
  },
  {
    sku: 'GIFT-BOX-L',
    name: 'Gift box with ribbon, large',
    price: '5.00',
    weightKg: '0.25',
    ...gift,
    productId: 241,
  },
]

export interface TaxRate {
  /** WooCommerce's rate id, as it stands in `taxes[].id` and `tax_lines[].rate_id`. */
  id: number
  label: string
  country: string
  /** What the shop charges, as a fraction. */
  rate: string
  taxClass: TaxClass
  /** Name of NetSuite's tax code for it. */
  netsuiteCode: string
  /** Where NetSuite's tax code still has another rate than the shop: an order with it comes out differently. */
  netsuiteRate?: string
}

const rate = (id: number, country: string, label: string, percent: string, taxClass: TaxClass): TaxRate => ({
  id,
  label,
  country,
  rate: new Big(percent).div(100).toString(),
  taxClass,
  netsuiteCode: `VAT_${country}_${taxClass === 'standard' ? 'S' : 'R'}`,
})

export const taxRates: TaxRate[] = [
  rate(1, 'DE', 'MwSt. 19%', '19', 'standard'),
  rate(2, 'DE', 'MwSt. 7%', '7', 'reduced'),
  rate(3, 'DK', 'Moms 25%', '25', 'standard'),
  rate(4, 'DK', 'Moms 25%', '25', 'reduced'),
  rate(5, 'SE', 'Moms 25%', '25', 'standard'),
  rate(6, 'SE', 'Moms 12%', '12', 'reduced'),
  rate(7, 'FR', 'TVA 20%', '20', 'standard'),
  rate(8, 'FR', 'TVA 5,5%', '5.5', 'reduced'),
  rate(9, 'AT', 'USt. 20%', '20', 'standard'),
  rate(10, 'AT', 'USt. 10%', '10', 'reduced'),
  rate(11, 'NL', 'Btw 21%', '21', 'standard'),
  rate(12, 'NL', 'Btw 9%', '9', 'reduced'),
  rate(13, 'FI', 'ALV 25,5%', '25.5', 'standard'),
  rate(14, 'FI', 'ALV 13,5%', '13.5', 'reduced'),
  rate(15, 'PL', 'VAT 23%', '23', 'standard'),
  rate(16, 'PL', 'VAT 23%', '23', 'reduced'),
  rate(17, 'GR', 'ΦΠΑ 24%', '24', 'standard'),
  rate(18, 'GR', 'ΦΠΑ 13%', '13', 'reduced'),
  rate(19, 'BG', 'ДДС 20%', '20', 'standard'),
  rate(20, 'BG', 'ДДС 20%', '20', 'reduced'),
  // Estonia raised its rate in July 2025: the shop charges 24 %, the tax code in NetSuite was forgotten.
  { ...rate(21, 'EE', 'Käibemaks 24%', '24', 'standard'), netsuiteRate: '0.22' },
  { ...rate(22, 'EE', 'Käibemaks 24%', '24', 'reduced'), netsuiteRate: '0.22' },
]

/** NetSuite's tax code for lines on which the shop charged no tax (deliveries outside the European Union). */
export const exemptTaxCode = { netsuiteCode: 'VAT_EXPORT', rate: '0' } as const

export interface PaymentMethod {
  /** WooCommerce's `payment_method`. */
  id: string
  title: string
  /** Name of NetSuite's payment method; absent: nobody has mapped it yet. */
  netsuiteName?: string
}

export const paymentMethods: PaymentMethod[] = [
  { id: 'stripe', title: 'Credit card', netsuiteName: 'Stripe' },
  { id: 'ppcp-gateway', title: 'PayPal', netsuiteName: 'PayPal' },
  { id: 'klarna_payments', title: 'Klarna', netsuiteName: 'Klarna' },
  { id: 'bacs', title: 'Direct bank transfer', netsuiteName: 'Bank transfer' },
  { id: 'mobilepay', title: 'MobilePay' },
]

export interface ShippingMethod {
  /** WooCommerce's `method_id` and `instance_id`: together they say which row of which zone was chosen. */
  id: 'flat_rate' | 'free_shipping' | 'local_pickup'
  instanceId: string
  title: string
  /** Net price in EUR. */
  price: string
  /** Name of NetSuite's ship item. */
  netsuiteName: string
}

export const shippingMethods: ShippingMethod[] = [
  { id: 'flat_rate', instanceId: '1', title: 'DHL Paket', price: '4.90', netsuiteName: 'DHL Paket' },
  { id: 'flat_rate', instanceId: '2', title: 'UPS Express', price: '14.50', netsuiteName: 'UPS Express' },
  {
    id: 'flat_rate',
    instanceId: '3',
    title: 'DHL Paket International',
    price: '16.00',
    netsuiteName: 'DHL Paket International',
  },
  { id: 'free_shipping', instanceId: '4', title: 'Free shipping', price: '0.00', netsuiteName: 'DHL Paket' },
  {
    id: 'local_pickup',
    instanceId: '5',
    title: 'Pick-up in Flensburg',
    price: '0.00',
    netsuiteName: 'Customer pick-up',
  },
]

/** A field that the order form in NetSuite demands. It is filled from `billing.phone`; a few orders have none. */
export const mandatoryField = {
  netsuiteField: 'custbody_delivery_phone',
  label: 'Delivery Phone',
  from: 'billing.phone',
} as const

/** Currencies the shop sells in, with the rate it converts its EUR prices by and the decimals it keeps. */
export const currencies: { code: string; symbol: string; perEuro: string; decimals: number }[] = [
  { code: 'EUR', symbol: '€', perEuro: '1', decimals: 2 },
  { code: 'USD', symbol: '$', perEuro: '1.10', decimals: 2 },
  { code: 'GBP', symbol: '£', perEuro: '0.85', decimals: 2 },
  { code: 'JPY', symbol: '¥', perEuro: '160', decimals: 0 },
  { code: 'KWD', symbol: 'د.ك', perEuro: '0.335', decimals: 3 },
]

/** A status that a plug-in of the shop adds: the order waits for its pieces to come out of the kiln. */
export const customStatus = { slug: 'awaiting-firing', name: 'Awaiting firing' } as const

export interface Customer {
  /** WooCommerce's id of the registered customer; 0: a guest. */
  id: number
  firstName: string
  lastName: string
  company?: string
  email: string
  /** Absent: the customer gave none. */
  phone?: string
  address1: string
  address2?: string
  city: string
  state?: string
  postcode: string
  country: string
  /** The customer exists in NetSuite already, in this subsidiary; absent: it has to be made from the order. */
  netsuiteSubsidiary?: string
}

export const customers: Customer[] = [
  {
    id: 11,
    firstName: 'Jürgen',
    lastName: 'Groß',
    email: 'juergen.gross@example.com',
    phone: '+49 461 5550101',
    address1: 'Süderhofenden 12',
    city: 'Flensburg',
    state: 'DE-SH',
    postcode: '24937',
    country: 'DE',
    netsuiteSubsidiary: '1',
  },
  {
    id: 12,
    firstName: 'Anneliese',
    lastName: 'Thießen',
    email: 'a.thiessen@example.com',
    phone: '+49 40 5550102',
    address1: 'Große Bergstraße 160',
    city: 'Hamburg',
    state: 'DE-HH',
    postcode: '22767',
    country: 'DE',
    netsuiteSubsidiary: '1',
  },
  {
    id: 13,
    firstName: 'Zoë',
    lastName: "O'Ångström",
    company: 'Kölner Tassen GmbH',
    email: 'zoe@example.com',
    phone: '+49 221 5550103',
    address1: 'Straße des 17. Juni 1',
    city: 'Köln',
    state: 'DE-NW',
    postcode: '50667',
    country: 'DE',
    netsuiteSubsidiary: '1',
  },
  {
    id: 14,
    firstName: 'Søren',
    lastName: 'Kjærgaard',
    email: 'soren.kjaergaard@example.com',
    phone: '+45 5550 1040',
    address1: 'Ærøgade 7, 2. tv',
    city: 'København Ø',
    postcode: '2100',
    country: 'DK',
    netsuiteSubsidiary: '1',
  },
  {
    id: 15,
    firstName: 'Åsa',
    lastName: 'Lindström',
    email: 'asa.lindstrom@example.com',
    phone: '+46 8 555 01050',
    address1: 'Österlånggatan 31',
    city: 'Stockholm',
    postcode: '111 31',
    country: 'SE',
    netsuiteSubsidiary: '1',
  },
  {
    id: 16,
    firstName: 'Hélène',
    lastName: 'Lefèvre',
    company: 'Salon de thé L’Éclat',
    email: 'helene@example.com',
    phone: '+33 1 55 50 10 60',
    address1: '12, rue de l’Abbé-Grégoire',
    address2: 'Bâtiment B',
    city: 'Paris',
    postcode: '75006',
    country: 'FR',
    netsuiteSubsidiary: '1',
  },
  {
    id: 17,
    firstName: 'Margaret',
    lastName: 'Whitfield',
    email: 'm.whitfield@example.com',
    phone: '+1 617 555 0107',
    address1: '88 Beacon Street',
    address2: 'Apt 4',
    city: 'Boston',
    state: 'MA',
    postcode: '02108',
    country: 'US',
    netsuiteSubsidiary: '2',
  },
  {
    id: 18,
    firstName: 'Daniel',
    lastName: 'Okafor',
    company: 'Steep & Co.',
    email: 'daniel@example.com',
    phone: '+1 718 555 0108',
    address1: '412 Atlantic Avenue',
    city: 'Brooklyn',
    state: 'NY',
    postcode: '11217',
    country: 'US',
    netsuiteSubsidiary: '2',
  },
  {
    id: 19,
    firstName: '花子',
    lastName: '佐藤',
    email: 'hanako.sato@example.com',
    phone: '+81 3 5550 1090',
    address1: '神保町1-2-3',
    city: '千代田区',
    state: 'JP13',
    postcode: '101-0051',
    country: 'JP',
    netsuiteSubsidiary: '1',
  },
  {
    id: 20,
    firstName: 'Eleanor',
    lastName: 'Hughes',
    email: 'eleanor.hughes@example.com',
    phone: '+44 20 7946 0110',
    address1: '27 Lamb’s Conduit Street',
    city: 'London',
    postcode: 'WC1N 3NG',
    country: 'GB',
    netsuiteSubsidiary: '1',
  },
  {
    id: 0,
    firstName: 'Иван',
    lastName: 'Димитров',
    email: 'ivan.dimitrov@example.com',
    phone: '+359 2 555 0111',
    address1: 'бул. „Витоша“ 45',
    city: 'София',
    postcode: '1000',
    country: 'BG',
  },
  {
    id: 0,
    firstName: 'Ελένη',
    lastName: 'Παπαδοπούλου',
    email: 'eleni.p@example.com',
    phone: '+30 21 0555 0112',
    address1: 'Αδριανού 18',
    city: 'Αθήνα',
    state: 'I',
    postcode: '105 55',
    country: 'GR',
  },
  {
    id: 0,
    firstName: 'فاطمة',
    lastName: 'العنزي',
    email: 'fatima.alanzi@example.com',
    phone: '+965 5550 1130',
    address1: 'شارع سالم المبارك، قطعة ٤',
    city: 'السالمية',
    postcode: '22001',
    country: 'KW',
  },
  {
    id: 0,
    firstName: 'נועה',
    lastName: 'כהן',
    email: 'noa.cohen@example.com',
    phone: '+972 3 555 0114',
    address1: 'רחוב דיזנגוף 99',
    city: 'תל אביב',
    postcode: '6438603',
    country: 'IL',
  },
  {
    id: 0,
    firstName: '淑芬',
    lastName: '陳',
    email: 'shufen.chen@example.com',
    phone: '+886 2 5550 1150',
    address1: '永康街31巷9號',
    city: '臺北市',
    postcode: '106',
    country: 'TW',
  },
  {
    id: 0,
    firstName: '지우',
    lastName: '김',
    email: 'jiwoo.kim@example.com',
    phone: '+82 2 5550 1160',
    address1: '인사동길 44',
    city: '서울',
    postcode: '03145',
    country: 'KR',
  },
  {
    id: 0,
    firstName: 'สมชาย',
    lastName: 'ใจดี',
    email: 'somchai@example.com',
    phone: '+66 2 555 0117',
    address1: '99/9 ถนนสุขุมวิท',
    city: 'วัฒนา',
    state: 'TH-10',
    postcode: '10110',
    country: 'TH',
  },
  {
    id: 0,
    firstName: 'Łucja',
    lastName: 'Wiśniewska',
    email: 'lucja.wisniewska@example.com',
    phone: '+48 22 555 01 18',
    address1: 'ul. Świętokrzyska 14/3',
    city: 'Łódź',
    postcode: '90-001',
    country: 'PL',
  },
  {
    id: 0,
    firstName: 'Matti',
    lastName: 'Hyppönen',
    email: 'matti.hypponen@example.com',
    phone: '+358 9 555 0119',
    address1: 'Hämeentie 2 B 14',
    city: 'Helsinki',
    postcode: '00530',
    country: 'FI',
  },
  {
    id: 0,
    firstName: 'Katharina',
    lastName: 'Österreicher',
    email: 'katharina.oe@example.com',
    phone: '+43 1 5550120',
    address1: 'Währinger Gürtel 18–20',
    city: 'Wien',
    postcode: '1090',
    country: 'AT',
  },
  {
    id: 0,
    firstName: 'Joost',
    lastName: 'van den IJssel',
    email: 'joost@example.com',
    phone: '+31 20 555 0121',
    address1: 'Prinsengracht 263',
    city: 'Amsterdam',
    postcode: '1016 GV',
    country: 'NL',
  },
  {
    id: 0,
    firstName: 'Camille',
    lastName: 'Dubois-Noël',
    email: 'camille.dn@example.com',
    phone: '+33 4 55 50 12 20',
    address1: '3, place des Terreaux',
    city: 'Lyon',
    postcode: '69001',
    country: 'FR',
  },
  {
    id: 0,
    firstName: 'Ravi',
    lastName: 'Chandrasekaran',
    email: 'ravi.c@example.com',
    phone: '+44 161 496 0123',
    address1: '14 Oak Street',
    city: 'Manchester',
    postcode: 'M4 5JD',
    country: 'GB',
  },
  {
    id: 0,
    firstName: 'Sophie',
    lastName: 'Nguyễn',
    email: 'sophie.nguyen@example.com',
    phone: '+1 415 555 0124',
    address1: '501 Hayes Street',
    city: 'San Francisco',
    state: 'CA',
    postcode: '94102',
    country: 'US',
  },
  {
    id: 0,
    firstName: 'Lars',
    lastName: 'Bækgaard',
    email: 'lars.baekgaard@example.com',
    phone: '+45 5550 1250',
    address1: 'Skovbrynet 3',
    city: 'Aarhus C',
    postcode: '8000',
    country: 'DK',
  },
  {
    id: 0,
    firstName: 'Ingeborg',
    lastName: 'Hansen',
    email: 'ingeborg.hansen@example.com',
    phone: '+49 4621 555126',
    address1: 'Lollfuß 40',
    city: 'Schleswig',
    state: 'DE-SH',
    postcode: '24837',
    country: 'DE',
  },
  {
    id: 0,
    firstName: 'Mehmet',
    lastName: 'Yıldırım',
    email: 'mehmet.yildirim@example.com',
    phone: '+49 30 5550127',
    address1: 'Kottbusser Damm 70',
    city: 'Berlin',
    state: 'DE-BE',
    postcode: '10967',
    country: 'DE',
  },
  {
    id: 0,
    firstName: 'Urte',
    lastName: 'Petersen',
    email: 'urte.petersen@example.com',
    address1: 'Norderstraße 58',
    city: 'Flensburg',
    state: 'DE-SH',
    postcode: '24939',
    country: 'DE',
  },
  {
    id: 0,
    firstName: 'Bo',
    lastName: 'Ekström',
    email: 'bo.ekstrom@example.com',
    address1: 'Kungsgatan 19',
    city: 'Göteborg',
    postcode: '411 19',
    country: 'SE',
  },
  {
    id: 0,
    firstName: 'Kersti',
    lastName: 'Kõiv',
    email: 'kersti.koiv@example.com',
    phone: '+372 555 0130',
    address1: 'Pikk 26',
    city: 'Tallinn',
    postcode: '10123',
    country: 'EE',
  },
  {
    id: 0,
    firstName: 'Tõnu',
    lastName: 'Mägi',
    email: 'tonu.magi@example.com',
    phone: '+372 555 0131',
    address1: 'Rüütli 4',
    city: 'Tartu',
    postcode: '51007',
    country: 'EE',
  },
]
