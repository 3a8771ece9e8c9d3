/**
 * The business that both sandboxes play: Nordlys Tea & Ceramics, a shop in Flensburg, Germany, that sells
 * tea and stoneware over all Europe and beyond. The sandbox shop sells from this catalogue and the sandbox
 * NetSuite seeds its items, tax codes, customers and methods from it, so that an order of the one can exist
 * in the other. What is marked as trouble here is on purpose: it is what an operator meets on a common day.
 */
import { Big } from 'big.js'

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
  /** A script in NetSuite puts this on every order with the item (EUR, net): nobody can foresee its total. */
  surchargeInNetSuite?: string
}

const kinds: Record<string, Pick<CatalogueItem, 'taxClass' | 'taxRate' | 'category'>> = {
  tea: { taxClass: 'reduced', taxRate: '0.07', category: 'Tea' },
  cup: { taxClass: 'standard', taxRate: '0.19', category: 'Cups and bowls' },
  pot: { taxClass: 'standard', taxRate: '0.19', category: 'Teapots' },
  ware: { taxClass: 'standard', taxRate: '0.19', category: 'Tea ware' },
  gift: { taxClass: 'standard', taxRate: '0.19', category: 'Gifts' },
}

// SKU | kind | product id, or product/variation | net price EUR | kg | name | trouble
const itemRows = `
TEA-SENCHA-100  | tea  | 101     | 14.90  | 0.12 | Sencha Kagoshima, 100 g
TEA-GYOKURO-50  | tea  | 102     | 24.00  | 0.07 | Gyokuro Yame, 50 g
TEA-MATCHA-30   | tea  | 103     | 29.00  | 0.06 | Matcha Uji, ceremonial grade, 30 g
TEA-HOJICHA-100 | tea  | 104     | 11.50  | 0.12 | Hōjicha, 100 g
TEA-GENMAI-100  | tea  | 105     | 10.90  | 0.12 | Genmaicha, 100 g
TEA-LONGJING-50 | tea  | 106     | 19.00  | 0.07 | Long Jing (Dragon Well), 50 g
TEA-DARJ-FF-100 | tea  | 107     | 18.50  | 0.12 | Darjeeling First Flush Jungpana, 100 g
TEA-ASSAM-250   | tea  | 108     | 16.00  | 0.28 | Assam Mangalam, 250 g
TEA-EARL-100    | tea  | 109     | 9.80   | 0.12 | Earl Grey with bergamot oil, 100 g
TEA-FRIESE-250  | tea  | 110     | 12.40  | 0.28 | East Frisian Blend, 250 g
TEA-LAPSANG-100 | tea  | 111     | 13.20  | 0.12 | Lapsang Souchong, 100 g                         | inactive
TEA-TGY-50      | tea  | 112     | 17.00  | 0.07 | Tie Guan Yin oolong, 50 g
TEA-DHP-50      | tea  | 113     | 22.00  | 0.07 | Da Hong Pao oolong, 50 g
TEA-PUERH-357   | tea  | 114     | 48.00  | 0.42 | Pu-erh cake 2016, 357 g
TEA-BAIMU-50    | tea  | 115     | 15.00  | 0.07 | Bai Mu Dan white tea, 50 g
TEA-ROOIBOS-200 | tea  | 116     | 8.90   | 0.22 | Rooibos Cederberg, 200 g
TEA-NANA-75     | tea  | 117     | 6.50   | 0.09 | Nana mint, 75 g
TEA-CHAMOM-75   | tea  | 118     | 6.20   | 0.09 | Chamomile flowers, 75 g
TEA-NORDLYS-100 | tea  | 119     | 11.00  | 0.12 | Nordlys blend (black tea, sea buckthorn), 100 g
TEA-SAMPLER-6   | tea  | 120     | 21.00  | 0.18 | Sampler, six teas of 20 g
MUG-BLUE        | cup  | 201     | 18.00  | 0.38 | Stoneware mug, fjord blue
MUG-WHITE       | cup  | 202     | 18.00  | 0.38 | Stoneware mug, chalk white
MUG-MOSS        | cup  | 203     | 18.00  | 0.38 | Stoneware mug, moss green
MUG-RED         | cup  | 204     | 18.00  | 0.38 | Stoneware mug, lingonberry red                  | missing
CUP-YUN-ASH     | cup  | 205/206 | 22.00  | 0.24 | Yunomi cup - Ash
CUP-YUN-TEN     | cup  | 205/207 | 24.00  | 0.24 | Yunomi cup - Tenmoku
CUP-YUN-CEL     | cup  | 205/208 | 24.00  | 0.24 | Yunomi cup - Celadon
BOWL-CHAWAN     | cup  | 209     | 46.00  | 0.45 | Matcha bowl (chawan), hand thrown
CUP-GONGFU-4    | cup  | 210     | 32.00  | 0.36 | Gongfu cups, set of four
SAUCER-OAK      | cup  | 211     | 9.50   | 0.09 | Saucer, smoked oak
POT-KYUSU-300   | pot  | 220     | 68.00  | 0.62 | Kyūsu side-handle teapot, 300 ml
POT-GAIWAN-120  | pot  | 221     | 28.00  | 0.28 | Gaiwan, porcelain, 120 ml
POT-STONE-1L    | pot  | 222     | 84.00  | 1.35 | Stoneware teapot, 1 l
POT-GLASS-800   | pot  | 223     | 39.00  | 0.71 | Glass teapot with strainer, 800 ml
POT-TETSU-600   | pot  | 224     | 119.00 | 2.10 | Cast-iron teapot (tetsubin), 600 ml             | surcharged
WARE-WHISK-80   | ware | 230     | 17.50  | 0.05 | Matcha whisk (chasen), 80 prongs
WARE-SCOOP      | ware | 231     | 6.00   | 0.02 | Bamboo scoop (chashaku)
WARE-STRAINER   | ware | 232     | 7.90   | 0.06 | Strainer, stainless steel
WARE-CADDY-S    | ware | 233     | 44.00  | 0.16 | Tea caddy, cherry bark, small
WARE-TIMER-3    | ware | 234     | 12.00  | 0.11 | Sand timer, 2, 3 and 5 minutes
WARE-TOWEL      | ware | 235     | 14.00  | 0.10 | Tea towel, linen
GIFT-MATCHA-SET | gift | 240     | 66.00  | 0.60 | Matcha set: bowl, whisk, scoop
GIFT-BOX-L      | gift | 241     | 5.00   | 0.25 | Gift box with ribbon, large
`

export const catalogue: CatalogueItem[] = cells(itemRows).map(
  ([sku = '', kind = '', ids = '', price = '', weightKg = '', name = '', trouble]) => {
    const [productId, variationId] = ids.split('/')
    const [parentName = '', value = ''] = name.split(' - ')
    return {
      sku,
      name,
      price,
      weightKg,
      ...kinds[kind]!,
      productId: Number(productId),
      ...(variationId && { variation: { id: Number(variationId), parentName, attribute: 'glaze', value } }),
      ...(trouble === 'inactive' && { inactive: true as const }),
      ...(trouble === 'missing' && { missingInNetSuite: true as const }),
      ...(trouble === 'surcharged' && { surchargeInNetSuite: '4.50' }),
    }
  },
)

function cells(rows: string): string[][] {
  return rows
    .trim()
    .split('\n')
    .map((row) => row.split('|').map((cell) => cell.trim()))
}

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

// id (0: guest) | subsidiary in NetSuite | country | first name | last name | company | e-mail | phone | address | address 2 | city | state | postcode
const customerRows = `
11 | 1 | DE | Jürgen | Groß | | juergen.gross@example.com | +49 461 5550101 | Süderhofenden 12 | | Flensburg | DE-SH | 24937
12 | 1 | DE | Anneliese | Thießen | | a.thiessen@example.com | +49 40 5550102 | Große Bergstraße 160 | | Hamburg | DE-HH | 22767
13 | 1 | DE | Zoë | O'Ångström | Kölner Tassen GmbH | zoe@example.com | +49 221 5550103 | Straße des 17. Juni 1 | | Köln | DE-NW | 50667
14 | 1 | DK | Søren | Kjærgaard | | soren.kjaergaard@example.com | +45 5550 1040 | Ærøgade 7, 2. tv | | København Ø | | 2100
15 | 1 | SE | Åsa | Lindström | | asa.lindstrom@example.com | +46 8 555 01050 | Österlånggatan 31 | | Stockholm | | 111 31
16 | 1 | FR | Hélène | Lefèvre | Salon de thé L’Éclat | helene@example.com | +33 1 55 50 10 60 | 12, rue de l’Abbé-Grégoire | Bâtiment B | Paris | | 75006
17 | 2 | US | Margaret | Whitfield | | m.whitfield@example.com | +1 617 555 0107 | 88 Beacon Street | Apt 4 | Boston | MA | 02108
18 | 2 | US | Daniel | Okafor | Steep & Co. | daniel@example.com | +1 718 555 0108 | 412 Atlantic Avenue | | Brooklyn | NY | 11217
19 | 1 | JP | 花子 | 佐藤 | | hanako.sato@example.com | +81 3 5550 1090 | 神保町1-2-3 | | 千代田区 | JP13 | 101-0051
20 | 1 | GB | Eleanor | Hughes | | eleanor.hughes@example.com | +44 20 7946 0110 | 27 Lamb’s Conduit Street | | London | | WC1N 3NG
0 | | BG | Иван | Димитров | | ivan.dimitrov@example.com | +359 2 555 0111 | бул. „Витоша“ 45 | | София | | 1000
0 | | GR | Ελένη | Παπαδοπούλου | | eleni.p@example.com | +30 21 0555 0112 | Αδριανού 18 | | Αθήνα | I | 105 55
0 | | KW | فاطمة | العنزي | | fatima.alanzi@example.com | +965 5550 1130 | شارع سالم المبارك، قطعة ٤ | | السالمية | | 22001
0 | | IL | נועה | כהן | | noa.cohen@example.com | +972 3 555 0114 | רחוב דיזנגוף 99 | | תל אביב | | 6438603
0 | | TW | 淑芬 | 陳 | | shufen.chen@example.com | +886 2 5550 1150 | 永康街31巷9號 | | 臺北市 | | 106
0 | | KR | 지우 | 김 | | jiwoo.kim@example.com | +82 2 5550 1160 | 인사동길 44 | | 서울 | | 03145
0 | | TH | สมชาย | ใจดี | | somchai@example.com | +66 2 555 0117 | 99/9 ถนนสุขุมวิท | | วัฒนา | TH-10 | 10110
0 | | PL | Łucja | Wiśniewska | | lucja.wisniewska@example.com | +48 22 555 01 18 | ul. Świętokrzyska 14/3 | | Łódź | | 90-001
0 | | FI | Matti | Hyppönen | | matti.hypponen@example.com | +358 9 555 0119 | Hämeentie 2 B 14 | | Helsinki | | 00530
0 | | AT | Katharina | Österreicher | | katharina.oe@example.com | +43 1 5550120 | Währinger Gürtel 18–20 | | Wien | | 1090
0 | | NL | Joost | van den IJssel | | joost@example.com | +31 20 555 0121 | Prinsengracht 263 | | Amsterdam | | 1016 GV
0 | | FR | Camille | Dubois-Noël | | camille.dn@example.com | +33 4 55 50 12 20 | 3, place des Terreaux | | Lyon | | 69001
0 | | GB | Ravi | Chandrasekaran | | ravi.c@example.com | +44 161 496 0123 | 14 Oak Street | | Manchester | | M4 5JD
0 | | US | Sophie | Nguyễn | | sophie.nguyen@example.com | +1 415 555 0124 | 501 Hayes Street | | San Francisco | CA | 94102
0 | | DK | Lars | Bækgaard | | lars.baekgaard@example.com | +45 5550 1250 | Skovbrynet 3 | | Aarhus C | | 8000
0 | | DE | Ingeborg | Hansen | | ingeborg.hansen@example.com | +49 4621 555126 | Lollfuß 40 | | Schleswig | DE-SH | 24837
0 | | DE | Mehmet | Yıldırım | | mehmet.yildirim@example.com | +49 30 5550127 | Kottbusser Damm 70 | | Berlin | DE-BE | 10967
0 | | DE | Urte | Petersen | | urte.petersen@example.com | | Norderstraße 58 | | Flensburg | DE-SH | 24939
0 | | SE | Bo | Ekström | | bo.ekstrom@example.com | | Kungsgatan 19 | | Göteborg | | 411 19
0 | | EE | Kersti | Kõiv | | kersti.koiv@example.com | +372 555 0130 | Pikk 26 | | Tallinn | | 10123
0 | | EE | Tõnu | Mägi | | tonu.magi@example.com | +372 555 0131 | Rüütli 4 | | Tartu | | 51007
`

export const customers: Customer[] = cells(customerRows).map(
  ([id, subsidiary, country = '', firstName = '', lastName = '', company, email = '', phone, ...address]) => {
    const [address1 = '', address2, city = '', state, postcode = ''] = address
    return {
      id: Number(id),
      firstName,
      lastName,
      ...(company && { company }),
      email,
      ...(phone && { phone }),
      address1,
      ...(address2 && { address2 }),
      city,
      ...(state && { state }),
      postcode,
      country,
      ...(subsidiary && { netsuiteSubsidiary: subsidiary }),
    }
  },
)
