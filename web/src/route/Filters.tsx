import { ActionIcon, Autocomplete, Button, Select, TagsInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import {
  type Filter,
  filterField,
  filterFields,
  furtherFields,
  isComparison,
  needsNoValue,
  operatorsFor,
} from '../../../src/order/filter-fields.ts'
import { valuesQuery } from '../api/queries.ts'
import type { Mistake, SeenByRoute } from '../api/types.ts'
import { Icon } from '../components/Icon.tsx'
import { filterTexts as words } from '../texts-filters.ts'
import classes from './Filters.module.css'
import form from './RouteForm.module.css'
import { inWords, mistakeAt } from './settings.ts'

interface Props {
  route: string
  filters: Filter[]
  seen: SeenByRoute | undefined
  mistakes: Mistake[]
  onChange: (filters: Filter[]) => void
}

/** What else an order has to be like to be imported. */
export function Filters({ route, filters, seen, mistakes, onChange }: Props) {
  const wrong = mistakes.find(({ field }) => field === 'import.filters')?.message
  return (
    <fieldset className={classes.filters}>
      <legend>{words.title}</legend>
      <p className={form.hint}>{filters.length === 0 ? words.none : words.hint}</p>
      {filters.map((filter, i) => (
        <FilterRow
          // Filters have no name of their own: their place is what tells them apart.
          key={i}
          n={i + 1}
          route={route}
          filter={filter}
          seen={seen}
          mistakes={mistakes.filter(({ field }) => field.startsWith(`import.filters[${i}]`))}
          onChange={(next) => onChange(filters.with(i, next))}
          onRemove={() => onChange(filters.toSpliced(i, 1))}
        />
      ))}
      {wrong === undefined ? null : <p className={form.wrong}>{inWords(wrong)}</p>}
      <Button
        className={classes.add}
        onClick={() => onChange([...filters, { field: '', operator: 'is', values: [] }])}
      >
        {words.add}
      </Button>
    </fieldset>
  )
}

interface RowProps {
  n: number
  route: string
  filter: Filter
  seen: SeenByRoute | undefined
  /** Of this filter. */
  mistakes: Mistake[]
  onChange: (filter: Filter) => void
  onRemove: () => void
}

function FilterRow({ n, route, filter, seen, mistakes, onChange, onRemove }: RowProps) {
  const isFurther = filter.field.startsWith(furtherFields)
  const known = filterField(filter.field)
  const about = known ?? { kind: isFurther ? ('free' as const) : ('text' as const) }
  const ofField = mistakeAt(mistakes, `import.filters[${n - 1}].field`)
  const wrongField = ofField !== undefined && known === null ? words.chooseField : ofField
  const choose = (field: string) => {
    const kind = filterField(field)?.kind ?? 'free'
    const fitting = operatorsFor({ kind })
    const operator = fitting.includes(filter.operator) ? filter.operator : fitting[0]!
    onChange({ field, operator, values: isFurther && field.startsWith(furtherFields) ? filter.values : [] })
  }
  return (
    <div role="group" aria-label={words.nth(n)} className={classes.filter}>
      <div className={classes.parts}>
        <div className={classes.field}>
          <Select
            aria-label={words.field}
            placeholder={words.searchField}
            searchable
            allowDeselect={false}
            data={fieldChoices}
            nothingFoundMessage={words.noField}
            maxDropdownHeight={320}
            value={isFurther ? furtherFields : filter.field || null}
            error={isFurther ? undefined : wrongField}
            onChange={(field) => field !== null && field !== filter.field && choose(field)}
          />
          {isFurther ? (
            <Autocomplete
              aria-label={words.anotherName}
              placeholder={words.anotherHint}
              data={seen?.fields.map(({ name }) => name) ?? []}
              limit={50}
              maxLength={150}
              value={filter.field.slice(furtherFields.length)}
              error={wrongField}
              onChange={(name) => choose(`${furtherFields}${name}`)}
            />
          ) : null}
        </div>
        <Select
          aria-label={words.operator}
          allowDeselect={false}
          data={operatorsFor(about).map((operator) => ({
            value: operator,
            label: words.operators(operator, about.kind),
          }))}
          value={filter.operator}
          onChange={(next) => {
            const operator = operatorsFor(about).find((one) => one === next)
            if (operator) onChange({ ...filter, operator, values: kept(filter, operator) })
          }}
        />
        <Values
          route={route}
          filter={filter}
          wrong={mistakeAt(
            mistakes.filter(({ field }) => field !== `import.filters[${n - 1}].field`),
            `import.filters[${n - 1}]`,
          )}
          onChange={(values) => onChange({ ...filter, values })}
        />
      </div>
      <ActionIcon aria-label={words.remove(n)} onClick={onRemove}>
        <Icon name="cross" />
      </ActionIcon>
    </div>
  )
}

/** What stays of the values when another operator is chosen. */
function kept({ operator: before, values }: Filter, operator: Filter['operator']): string[] {
  if (needsNoValue(operator)) return []
  return isComparison(before) === isComparison(operator) ? values : []
}

interface ValuesProps {
  route: string
  filter: Filter
  wrong: string | undefined
  onChange: (values: string[]) => void
}

/** What the filter compares with: an amount, or texts, with those on offer that recent orders have. */
function Values({ route, filter: { field, operator, values }, wrong, onChange }: ValuesProps) {
  const isAsked = filterField(field) !== null && !needsNoValue(operator) && !isComparison(operator)
  const { data: found } = useQuery({ ...valuesQuery(route, field), enabled: isAsked, retry: false })
  if (needsNoValue(operator)) return <span />
  if (isComparison(operator))
    return (
      <TextInput
        aria-label={words.amount}
        placeholder="10.00"
        inputMode="decimal"
        value={values[0] ?? ''}
        error={wrong}
        onChange={({ currentTarget: { value } }) => onChange(value === '' ? [] : [value])}
      />
    )
  const orders = new Map(found?.values.map((one) => [one.value, one.orders]))
  return (
    <TagsInput
      aria-label={words.values}
      placeholder={values.length === 0 ? words.valuesHint : ''}
      data={[...orders.keys()]}
      renderOption={({ option: { value } }) => (
        <span className={classes.option}>
          <span>{value}</span>
          <span className="quiet">{words.seen(orders.get(value) ?? 0)}</span>
        </span>
      )}
      classNames={{ inputField: classes.inner! }}
      limit={100}
      maxDropdownHeight={260}
      value={values}
      error={wrong}
      onChange={onChange}
    />
  )
}

const groupOf = (field: string): keyof typeof words.groups => {
  const [head = ''] = field.split('.')
  if (head === 'customer' || head === 'shipping' || head === 'billing') return head
  return head === 'payment' || head === 'shippingMethod' || head === 'paidAt' ? 'ways' : 'order'
}

const fieldChoices = Object.entries(words.groups).map(([group, label]) => ({
  group: label,
  items:
    group === 'others'
      ? [{ value: furtherFields, label: words.another }]
      : filterFields
          .filter(({ field }) => groupOf(field) === group)
          .map(({ field }) => ({ value: field, label: words.fieldName(field) })),
}))
