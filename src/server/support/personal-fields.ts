/** What a field says about a person. */
export type Personal = 'name' | 'email' | 'phone' | 'address' | 'number' | 'note' | 'device'

const names: Record<Personal, string[]> = {
  name: `firstname lastname middlename fullname customername contactname attention addressee companyname company recipient
    altname entityid printoncheckas cardholder cardholdername holdername`.split(/\s+/),
  email: 'email emailaddress customeremail altemail useremail'.split(' '),
  phone: 'phone phonenumber mobilephone addrphone homephone altphone fax telephone mobile'.split(' '),
  address:
    `address1 address2 addr1 addr2 addr3 addrtext street street1 street2 line1 line2 zip postcode postalcode zipcode
    city town defaultaddress`.split(/\s+/),
  number: 'dateofbirth birthdate birthday vatnumber vatregnumber taxidnum personalid nationalid'.split(' '),
  note: 'customernote ordernote giftmessage'.split(' '),
  device: 'customeripaddress ipaddress customeruseragent useragent'.split(' '),
}

const kindOf = new Map(
  Object.entries(names).flatMap(([kind, fields]) => fields.map((field) => [field, kind as Personal])),
)

/** Where a plain `name` or `refName` is a person's. */
const people = new Set(
  `customer entity billing shipping billto shipto address billaddress shipaddress billingaddress shippingaddress
    addressbookaddress recipient contact`.split(/\s+/),
)

const plain = (field: string): string => field.toLowerCase().replace(/[^a-z0-9]/g, '')

/**
 * What the text of this field says about a person; null where it says nothing. Fields are known by their names, as
 * WooCommerce, NetSuite and Waybill itself write them, with or without `billing_` or `shipping_` before them.
 *
 * @param parent the name of the field that holds the object with this one
 */
export function personalKind(field: string, parent: string | null): Personal | null {
  const name = plain(field)
  const kind = kindOf.get(name) ?? kindOf.get(name.replace(/^(?:billing|shipping|customer|bill|ship)/, ''))
  if (kind !== undefined) return kind
  return ['name', 'refname'].includes(name) && parent !== null && people.has(plain(parent)) ? 'name' : null
}
