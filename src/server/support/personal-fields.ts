/** What a field says about a person, or lets somebody do as if they were that person. */
export type Personal = 'name' | 'email' | 'phone' | 'address' | 'number' | 'note' | 'device' | 'key'

const names: Record<Personal, string[]> = {
  name: `firstname lastname middlename fullname customername contactname attention addressee companyname company recipient
    altname entityid printoncheckas cardholder cardholdername holdername`.split(/\s+/),
  email: 'email emailaddress customeremail altemail useremail'.split(' '),
  phone: 'phone phonenumber mobilephone addrphone homephone altphone fax telephone mobile'.split(' '),
  address:
    `address1 address2 addr1 addr2 addr3 addrtext street street1 street2 line1 line2 secondline zip postcode postalcode
    zipcode city town defaultaddress`.split(/\s+/),
  number:
    'dateofbirth birthdate birthday vatnumber vatregnumber taxidnum personalid nationalid cpf cnpj'.split(
      ' ',
    ),
  note: 'customernote ordernote giftmessage'.split(' '),
  device: 'customeripaddress ipaddress customeruseragent useragent'.split(' '),
  // Who has it sees the order in the shop, and may pay it.
  key: ['orderkey'],
}

const kindOf = new Map(
  Object.entries(names).flatMap(([kind, fields]) => fields.map((field) => [field, kind as Personal])),
)

/** Plug-ins and forms put words of their own before these: "Payer first name", `_wcpdf_vat_number`. */
const endings =
  `firstname lastname middlename fullname customername contactname companyname phone phonenumber postcode
  zipcode address1 address2 vatnumber dateofbirth birthdate birthday useragent ipaddress cpf cnpj`.split(
    /\s+/,
  )

/** Where a plain `name` or `refName` is a person's. */
const people = new Set(
  `customer entity billing shipping billto shipto address billaddress shipaddress billingaddress shippingaddress
    addressbookaddress recipient contact`.split(/\s+/),
)

const plain = (field: string): string => field.toLowerCase().replace(/[^a-z0-9]/g, '')

/**
 * What the text of this field says about a person; null where it says nothing. Fields are known by their names, as
 * WooCommerce, NetSuite and Waybill itself write them, with or without `billing_` or `shipping_` before them, and many
 * with any words before them.
 *
 * @param parent the name of the field that holds the object with this one
 */
export function personalKind(field: string, parent: string | null): Personal | null {
  const name = plain(field)
  const kind =
    kindOf.get(name) ??
    kindOf.get(name.replace(/^(?:billing|shipping|customer|bill|ship)/, '')) ??
    kindOf.get(endings.find((ending) => name.endsWith(ending)) ?? '')
  if (kind !== undefined) return kind
  if (parent === null) return null
  // The orders that an order's problem is shared with.
  if (name === 'customer' && plain(parent) === 'orders') return 'name'
  return ['name', 'refname'].includes(name) && people.has(plain(parent)) ? 'name' : null
}
