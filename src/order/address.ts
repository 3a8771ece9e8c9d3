/** A postal address. Codes as the channel knows them: `country` ISO 3166-1 alpha-2 upper case. */
export interface Address {
  name: string
  company: string | null
  line1: string
  line2: string | null
  city: string
  /** State, province or region: a code where the channel has one, else its text. */
  region: string | null
  postcode: string
  country: string
  phone: string | null
  email: string | null
}

const text = (value: string | null): string => (value ?? '').trim().toLowerCase()

/** Whether two addresses would be the same label on a parcel. */
export function sameAddress(a: Address | null, b: Address | null): boolean {
  if (a === null || b === null) return a === b
  const parts = (x: Address) =>
    [x.name, x.company, x.line1, x.line2, x.city, x.region, x.postcode, x.country].map(text)
  const [left, right] = [parts(a), parts(b)]
  return left.every((part, i) => part === right[i])
}
