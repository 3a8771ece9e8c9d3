/** By what a parcel can be followed. */
export interface Tracking {
  carrier: string | null
  numbers: string[]
}

/** Whether whoever was told the one has something to learn from the other. What is only taken away is no news. */
export function isNews(told: Tracking, now: Tracking): boolean {
  const otherCarrier = now.carrier !== null && now.carrier !== told.carrier
  return otherCarrier || now.numbers.some((number) => !told.numbers.includes(number))
}

/** Whether both say the same, in whatever order. */
export function isSameTracking(a: Tracking, b: Tracking): boolean {
  return a.carrier === b.carrier && a.numbers.toSorted().join('\n') === b.numbers.toSorted().join('\n')
}
