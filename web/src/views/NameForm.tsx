import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { reasonOf } from '../api/client.ts'
import { texts } from '../texts.ts'
import classes from './Views.module.css'

interface Props {
  name: string
  isPending: boolean
  /** Why the last name was refused. */
  error: Error | null
  onName: (name: string) => void
}

/** Asks for a view's name. */
export function NameForm({ name, isPending, error, onName }: Props) {
  const [text, setText] = useState(name)
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (text.trim() !== '') onName(text.trim())
  }
  return (
    <form className={classes.form} onSubmit={send}>
      <TextInput
        label={texts.views.name}
        placeholder={texts.views.placeholder}
        value={text}
        maxLength={120}
        error={error === null ? undefined : reasonOf(error)}
        data-autofocus
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button type="submit" variant="filled" loading={isPending} disabled={text.trim() === ''}>
        {texts.views.confirm}
      </Button>
    </form>
  )
}
