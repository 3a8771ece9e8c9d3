import { Loader, Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { choicesQuery } from '../api/queries.ts'
import { routeTexts } from '../texts-route.ts'
import type { ChoiceListName } from '../api/types.ts'

const words = routeTexts.methods

interface Props {
  route: string
  list: ChoiceListName
  label: string
  /** Whether the label is shown; it is read aloud in any case. */
  labelled?: boolean
  value: string | null
  /** Words of Waybill's own beside the records. */
  extra?: { value: string; label: string }[]
  clearable?: boolean
  error?: string | undefined
  onChange: (value: string | null) => void
}

const recordId = /^-?\d+$/

/** A record of the backend, searched there by name. An id can be typed where the backend cannot be asked. */
export function ChoiceSelect({
  route,
  list: from,
  label,
  labelled = false,
  value,
  extra = [],
  clearable = false,
  error,
  onChange,
}: Props) {
  const [typed, setTyped] = useState('')
  const [chosen, setChosen] = useState<{ value: string; label: string } | null>(null)
  const own = chosen?.value === value ? chosen : null
  const all = useQuery({ ...choicesQuery(route, from, ''), retry: false })
  const known = [...extra, ...options(all.data), ...(own ? [own] : [])]
  const shown =
    value === null ? '' : (known.find((one) => one.value === value)?.label ?? words.record_(value))
  const [search] = useDebouncedValue(typed === shown ? '' : typed.trim(), 200)
  const found = useQuery({
    ...choicesQuery(route, from, search),
    placeholderData: keepPreviousData,
    enabled: search !== '',
    retry: false,
  })
  const list = search === '' ? [...extra, ...options(all.data)] : options(found.data)
  const data = distinct([
    ...list,
    ...(value === null ? [] : [{ value, label: shown }]),
    ...(recordId.test(search) ? [{ value: search, label: words.byId(search) }] : []),
  ])
  const isFetching = all.isFetching || found.isFetching
  return (
    <Select
      {...(labelled ? { label } : { 'aria-label': label })}
      placeholder={clearable ? words.unchosen : words.placeholder}
      searchable
      clearable={clearable}
      clearButtonProps={{ 'aria-label': words.remove(label) }}
      allowDeselect={false}
      data={data}
      // The backend has searched already.
      filter={({ options: found }) => found}
      value={value}
      onChange={(next) => {
        const option = data.find((one) => one.value === next)
        if (option)
          setChosen(recordId.test(option.value) && option.label === words.byId(option.value) ? null : option)
        onChange(next)
      }}
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage={isFetching ? words.searching : all.isError ? words.cannotAsk : words.nothingFound}
      rightSection={isFetching && typed !== shown ? <Loader size={12} /> : undefined}
      error={error}
      maxDropdownHeight={260}
    />
  )
}

const options = (choices: { items: { id: string; label: string }[] } | undefined) =>
  (choices?.items ?? []).map(({ id, label }) => ({ value: id, label }))

const distinct = <T extends { value: string }>(list: T[]): T[] =>
  [...new Map(list.toReversed().map((one) => [one.value, one])).values()].toReversed()
