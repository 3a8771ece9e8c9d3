import { type Filter, filterField, type FilterOperator } from './filter-fields.ts'

/** Operators, and what is the case where one of the two that compare does not hold. */
type Relation = FilterOperator | 'lessThan' | 'moreThan'

const opposites: Record<FilterOperator, Relation> = {
  is: 'isNot',
  isNot: 'is',
  contains: 'doesNotContain',
  doesNotContain: 'contains',
  includes: 'doesNotInclude',
  doesNotInclude: 'includes',
  atLeast: 'lessThan',
  atMost: 'moreThan',
  isEmpty: 'isNotEmpty',
  isNotEmpty: 'isEmpty',
}

/** What a filter lets through, as a clause: "its delivery country is “DE” or “AT”". */
export const whatPasses = ({ field, operator, values }: Filter): string =>
  clause(field, operator, values, { whose: 'its', has: 'it has' })

/** What it does not, of several orders: "their delivery country is neither “DE” nor “AT”". */
export const whatDoesNot = ({ field, operator, values }: Filter): string =>
  clause(field, opposites[operator], values, { whose: 'their', has: 'they have' })

/** What an order has in a field: "its delivery country is “US”", "it has no coupon codes". */
export function whatItHas(field: string, values: string[]): string {
  const { label, kind } = filterField(field)!
  if (values.length === 0) return `it has no ${label}`
  const is = kind === 'list' ? 'are' : 'is'
  return `its ${label} ${is} ${kind === 'amount' ? values.join(', ') : joined(values, 'and')}`
}

function clause(
  field: string,
  relation: Relation,
  values: string[],
  { whose, has }: { whose: string; has: string },
): string {
  const { label, kind } = filterField(field)!
  const either = kind === 'amount' ? inShort(values, 'or') : joined(values, 'or')
  const isList = kind === 'list'
  const it = `${whose} ${label}`
  switch (relation) {
    case 'is':
      return `${it} is ${either}`
    case 'isNot':
      return `${it} is not ${either}`
    case 'contains':
      return isList ? `one of ${it} contains ${either}` : `${it} contains ${either}`
    case 'doesNotContain':
      return isList ? `none of ${it} contains ${either}` : `${it} does not contain ${either}`
    case 'includes':
      return `one of ${it} is ${either}`
    case 'doesNotInclude':
      return `none of ${it} is ${either}`
    case 'atLeast':
      return `${it} is at least ${values.join()}`
    case 'atMost':
      return `${it} is at most ${values.join()}`
    // What is no amount at all is not less either.
    case 'lessThan':
      return `${it} is ${kind === 'amount' ? 'less than' : 'not at least'} ${values.join()}`
    case 'moreThan':
      return `${it} is ${kind === 'amount' ? 'more than' : 'not at most'} ${values.join()}`
    case 'isEmpty':
      return `${has} no ${label}`
    case 'isNotEmpty':
      return `${has} ${isList ? label : `${/^[aeiou]/.test(label) ? 'an' : 'a'} ${label}`}`
  }
}

/** So many are named, and so much of a long one. */
const named = 5
const longest = 60

function short(value: string): string {
  const characters = [...value]
  return characters.length <= longest ? value : `${characters.slice(0, longest - 1).join('')}…`
}

const joined = (values: string[], word: 'and' | 'or'): string =>
  listed(
    values.map((value) => `“${short(value)}”`),
    word,
  )

/** The values without quotes, the first of many, and the beginning of a long one. */
export const inShort = (values: string[], word: 'and' | 'or'): string => listed(values.map(short), word)

function listed(all: string[], word: 'and' | 'or'): string {
  const isCut = all.length > named
  const first = isCut ? all.slice(0, named - 1) : all.slice(0, -1)
  const last = isCut ? `${all.length - first.length} others` : (all.at(-1) ?? '')
  return first.length === 0 ? last : `${first.join(', ')} ${word} ${last}`
}
