import { Button, Checkbox, SegmentedControl, Select, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { startImport } from '../api/actions.ts'
import { reasonOf } from '../api/client.ts'
import { Panel } from '../components/Panel.tsx'
import { texts } from '../texts.ts'
import classes from './ImportBox.module.css'

const words = texts.imports

/** Ids or numbers, as one types or pastes them: separated by lines, commas, semicolons, tabs or spaces. */
export const namesIn = (text: string): string[] => [
  ...new Set(text.split(/[\s,;]+/).filter((part) => part !== '')),
]

type By = 'number' | 'date'

/** Imports orders by id or number, or by the days they were placed; the result has a page of its own, which can be closed and come back to. */
export function ImportBox({ shops }: { shops: string[] }) {
  const [shop, setShop] = useState(shops[0]!)
  const [text, setText] = useState('')
  const [by, setBy] = useState<By>('number')
  const [first, setFirst] = useState('')
  const [last, setLast] = useState('')
  const [anyway, setAnyway] = useState(false)
  const navigate = useNavigate()
  const start = useMutation({
    mutationFn: startImport,
    onSuccess: ({ id }) => navigate({ to: '/imports/$id', params: { id } }),
  })
  const orders = namesIn(text)
  const ready = by === 'number' ? orders.length > 0 : first !== ''
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!ready) return
    const asked = by === 'number' ? { orders } : { from: first, ...(last !== '' && { to: last }) }
    start.mutate({ connection: shop, anyway, ...asked })
  }
  return (
    <Panel title={words.title}>
      <form className={classes.form} onSubmit={submit}>
        {shops.length < 2 ? null : (
          <Select
            label={words.from}
            data={shops}
            value={shop}
            onChange={(next) => next !== null && setShop(next)}
            allowDeselect={false}
          />
        )}
        <SegmentedControl
          aria-label={words.by}
          value={by}
          onChange={(next) => setBy(next as By)}
          data={[
            { value: 'number', label: words.byNumber },
            { value: 'date', label: words.byDate },
          ]}
        />
        {by === 'number' ? (
          <Textarea
            label={words.ids}
            description={words.hint}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            rows={5}
            spellCheck={false}
            classNames={{ input: classes.ids! }}
          />
        ) : (
          <>
            <p className={classes.hint}>{words.dateHint}</p>
            <div className={classes.days}>
              <TextInput
                type="date"
                label={words.first}
                value={first}
                onChange={(event) => setFirst(event.currentTarget.value)}
              />
              <TextInput
                type="date"
                label={words.last}
                value={last}
                min={first}
                onChange={(event) => setLast(event.currentTarget.value)}
              />
            </div>
          </>
        )}
        <Checkbox
          label={words.anyway}
          checked={anyway}
          onChange={(event) => setAnyway(event.currentTarget.checked)}
        />
        {start.isError ? (
          <p role="alert" className={classes.failed}>
            {reasonOf(start.error)}
          </p>
        ) : null}
        <Button type="submit" variant="filled" disabled={!ready} loading={start.isPending}>
          {words.start(by === 'number' ? orders.length : 1)}
        </Button>
      </form>
    </Panel>
  )
}
