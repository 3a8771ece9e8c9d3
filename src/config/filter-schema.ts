import { z } from 'zod'
import {
  type Filter,
  filterField,
  filterFields,
  filterOperators,
  furtherFields,
  operatorsFor,
} from '../order/filter-fields.ts'
import { parseDecimal } from '../order/money.ts'
import { nearest } from './did-you-mean.ts'

const longestValue = 200
const mostValues = 200
const mostFilters = 50

const wrong = (path: (string | number)[], message: string, fix: string) =>
  ({ code: 'custom', path, message, params: { fix } }) as const

const field = z.string().superRefine((name, context) => {
  if (filterField(name)) return
  const names = filterFields.map((one) => one.field)
  const near = nearest(name, names)
  const known = `one of ${names.join(', ')}, or ${furtherFields}NAME for a further field of the shop`
  context.addIssue(
    wrong(
      [],
      `an order has no field "${name}"${near === null ? '' : `; did you mean "${near}"?`}`,
      near ?? known,
    ),
  )
})

const amountFix = 'an amount such as "10.00", with a point and without a currency'

const amount = z.string().superRefine((text, context) => {
  if (parseDecimal(text) === null) context.addIssue(wrong([], `"${text}" is not an amount`, amountFix))
})

const values = z.array(z.string()).superRefine((list, context) => {
  if (list.length === 0) context.addIssue(wrong([], 'it names no value', 'at least one'))
  if (list.length > mostValues)
    context.addIssue(wrong([], `it names ${list.length} values`, `${mostValues} of them at most`))
  for (const [i, text] of list.entries()) {
    if (text.trim() === '')
      context.addIssue(wrong([i], 'it is empty', 'a text; "isEmpty: true" asks for nothing in the field'))
    if (text.length > longestValue)
      context.addIssue(wrong([i], 'it is too long', `${longestValue} characters at most`))
  }
})

const meant = z.literal(true)

/** One filter as it stands in the file: a field, and one operator with what it compares with. */
const filter = z
  .strictObject({
    field: field.describe('what of the order it looks at; the fields are listed below'),
    is: values.optional().describe('it is one of these'),
    isNot: values.optional().describe('it is none of these'),
    contains: values.optional().describe('it contains one of these texts; of a list, one entry does'),
    doesNotContain: values.optional().describe('it contains none of these texts; of a list, no entry does'),
    includes: values.optional().describe('of a list: one entry is one of these'),
    doesNotInclude: values.optional().describe('of a list: no entry is one of these'),
    atLeast: amount.optional().describe('it is this amount or more'),
    atMost: amount.optional().describe('it is this amount or less'),
    isEmpty: meant.optional().describe('the order has nothing there'),
    isNotEmpty: meant.optional().describe('the order has something there'),
  })
  .transform((written, context): Filter => {
    const [operator, ...more] = filterOperators.filter((one) => written[one] !== undefined)
    const about = filterField(written.field)!
    const fitting = operatorsFor(about)
    if (operator === undefined) {
      // A key that is not known may be the operator misspelt.
      if (context.issues.length === 0)
        context.addIssue(
          wrong(['field'], 'nothing stands beside it', `one of ${fitting.join(', ')} beside it`),
        )
      return z.NEVER
    }
    for (const one of more)
      context.addIssue(wrong([one], `"${operator}" stands beside it already`, 'a filter of its own for it'))
    if (!fitting.includes(operator))
      context.addIssue(
        wrong([operator], `it does not go with "${written.field}"`, `one of ${fitting.join(', ')} instead`),
      )
    const listed = listOf(written[operator])
    for (const [i, text] of about.kind === 'amount' ? listed.entries() : [])
      if (parseDecimal(text) === null)
        context.addIssue(wrong([operator, i], `"${text}" is not an amount`, amountFix))
    return { field: written.field, operator, values: listed }
  })

const listOf = (value: string | string[] | true | undefined): string[] =>
  (Array.isArray(value) ? value : typeof value === 'string' ? [value] : []).map((text) => text.trim())

export const filtersSchema = z.array(filter).superRefine((list, context) => {
  if (list.length > mostFilters)
    context.addIssue(wrong([], `there are ${list.length} of them`, `${mostFilters} at most`))
  const texts = list.map((one) => JSON.stringify(one))
  for (const [i, text] of texts.entries())
    if (texts.indexOf(text) < i)
      context.addIssue(wrong([i, 'field'], 'this filter stands here twice', 'it once'))
})
