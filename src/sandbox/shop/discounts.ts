import { Big } from 'big.js'

export interface Coupon {
  id: number
  code: string
  kind: 'percent' | 'fixed_cart'
  amount: string
}

export interface Discounts {
  perLine: Big[]
  perCoupon: Big[]
}

const total = (amounts: Big[]): Big => amounts.reduce((sum, amount) => sum.plus(amount), new Big(0))

/** Takes the coupons off the lines, in the smallest unit of the currency, so that their sum is the coupon's. */
export function discountLines(amounts: Big[], coupons: Coupon[], digits: number): Discounts {
  const whole = total(amounts)
  let perLine = amounts.map(() => new Big(0))
  const perCoupon = coupons.map((coupon) => {
    if (whole.eq(0)) return new Big(0)
    const shares = sharesOf(amounts, whole, coupon, digits)
    perLine = perLine.map((sum, index) => sum.plus(shares[index]!))
    return total(shares)
  })
  return { perLine, perCoupon }
}

function sharesOf(amounts: Big[], whole: Big, coupon: Coupon, digits: number): Big[] {
  const percent = coupon.kind === 'percent'
  const asked = percent ? whole.times(coupon.amount).div(100) : new Big(coupon.amount)
  const target = (asked.gt(whole) ? whole : asked).round(digits, Big.roundHalfUp)
  const shares = amounts.map((amount) =>
    percent
      ? amount.times(coupon.amount).div(100).round(digits, Big.roundHalfUp)
      : amount.times(target).div(whole).round(digits, Big.roundDown),
  )
  const unit = new Big(10).pow(-digits)
  let rest = target.minus(total(shares))
  return shares.map((share, index) => {
    const extra = rest.gte(unit) && share.lt(amounts[index]!) ? unit : new Big(0)
    rest = rest.minus(extra)
    return share.plus(extra)
  })
}

/** What of `amount` falls to one coupon; the last one takes what rounding left. */
export function portion(amount: Big, perCoupon: Big[], index: number, digits: number): Big {
  const all = total(perCoupon)
  const part = (at: number): Big =>
    all.eq(0) ? new Big(0) : amount.times(perCoupon[at]!).div(all).round(digits, Big.roundDown)
  if (index < perCoupon.length - 1) return part(index)
  return perCoupon.slice(0, -1).reduce((rest, _one, at) => rest.minus(part(at)), amount)
}
