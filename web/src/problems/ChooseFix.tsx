import { Button, Loader, Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useFix } from '../api/actions.ts'
import { reasonOf } from '../api/client.ts'
import { choicesQuery } from '../api/queries.ts'
import { notifyDone, notifyFailed, sayHow } from '../notify.tsx'
import { texts } from '../texts.ts'
import classes from './ChooseFix.module.css'
import { type ChoiceAction, type StopsOrders } from './fixes.ts'

interface Props {
  problem: StopsOrders
  action: ChoiceAction
}

/** Says which record of the backend something is, saves it in the mapping and posts every order that waits for it. */
export function ChooseFix({ problem, action }: Props) {
  const [chosen, setChosen] = useState<{ value: string; label: string } | null>(null)
  const [typed, setTyped] = useState('')
  const [search] = useDebouncedValue(typed === chosen?.label ? '' : typed, 200)
  const choices = useQuery({
    ...choicesQuery(problem.route, action, search),
    placeholderData: keepPreviousData,
    retry: false,
  })
  const fix = useFix()

  const options = (choices.data?.items ?? []).map(({ id, label }) => ({ value: id, label }))
  if (chosen !== null && !options.some(({ value }) => value === chosen.value)) options.unshift(chosen)

  const save = (event: FormEvent) => {
    event.preventDefault()
    if (chosen === null) return
    void sayHow(
      fix.mutateAsync({ fingerprint: problem.fingerprint, action, value: chosen.value }),
      ({ scheduled }) => notifyDone(texts.fix.done(scheduled)),
      (error) => notifyFailed(texts.fix.failed, error),
    )
  }

  return (
    <form className={classes.form} onSubmit={save}>
      <Select
        className={classes.select}
        label={texts.fix.choose[action](problem.subject)}
        placeholder={texts.fix.placeholder}
        searchable
        data={options}
        // The backend has searched already.
        filter={({ options: found }) => found}
        value={chosen?.value ?? null}
        onChange={(value) => setChosen(options.find((option) => option.value === value) ?? null)}
        searchValue={typed}
        onSearchChange={setTyped}
        nothingFoundMessage={choices.isFetching ? texts.fix.searching : texts.fix.nothingFound}
        rightSection={choices.isFetching ? <Loader size={12} /> : undefined}
        error={choices.isError ? `${texts.fix.cannotAsk}: ${reasonOf(choices.error)}` : undefined}
        maxDropdownHeight={260}
      />
      <Button type="submit" variant="filled" disabled={chosen === null} loading={fix.isPending}>
        {texts.fix.saveAndPost(problem.orders)}
      </Button>
    </form>
  )
}
