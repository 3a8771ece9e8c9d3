import { Button, Checkbox, Select, Textarea } from '@mantine/core'
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

/** Imports orders by id or number; the result has a page of its own, which can be closed and come back to. */
export function ImportBox({ shops }: { shops: string[] }) {
  const [shop, setShop] = useState(shops[0]!)
  const [text, setText] = useState('')
  const [anyway, setAnyway] = useState(false)
  const navigate = useNavigate()
  const start = useMutation({
    mutationFn: startImport,
    onSuccess: ({ id }) => navigate({ to: '/imports/$id', params: { id } }),
  })
  const orders = namesIn(text)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (orders.length > 0) start.mutate({ connection: shop, orders, anyway })
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
        <Textarea
          label={words.ids}
          description={words.hint}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          rows={5}
          spellCheck={false}
          classNames={{ input: classes.ids! }}
        />
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
        <Button type="submit" variant="filled" disabled={orders.length === 0} loading={start.isPending}>
          {words.start(orders.length)}
        </Button>
      </form>
    </Panel>
  )
}
