import { Button, Textarea } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useAddNote } from '../api/actions.ts'
import { reasonOf } from '../api/client.ts'
import { texts } from '../texts.ts'
import classes from './NoteBox.module.css'

const words = texts.order.notes
const longest = 2000

/** A person writes down what others should know of the order; it stays in its waybill. */
export function NoteBox({ orderId }: { orderId: string }) {
  const [text, setText] = useState('')
  const add = useAddNote(orderId)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (text.trim() !== '') add.mutate(text, { onSuccess: () => setText('') })
  }
  return (
    <form className={classes.form} onSubmit={submit}>
      <Textarea
        aria-label={words.label}
        placeholder={words.placeholder}
        rows={text === '' ? 1 : 3}
        maxLength={longest}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button type="submit" disabled={text.trim() === ''} loading={add.isPending}>
        {words.add}
      </Button>
      {add.isError ? (
        <p role="alert" className={classes.failed}>
          {words.failed}: {reasonOf(add.error)}
        </p>
      ) : null}
    </form>
  )
}
