import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import classes from './RouteForm.module.css'

interface Props {
  label: string
  description?: string
  button: string
  maxLength: number
  /** Whether it was taken: what was not stays in the field. */
  onAdd: (text: string) => boolean
}

/** A field for one more of a list; Enter adds it, and does not send the form. */
export function AddRow({ label, description, button, maxLength, onAdd }: Props) {
  const [text, setText] = useState('')
  const given = text.trim()
  const add = () => {
    if (given !== '' && onAdd(given)) setText('')
  }
  return (
    <div className={classes.add}>
      <TextInput
        label={label}
        description={description}
        value={text}
        maxLength={maxLength}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return
          event.preventDefault()
          add()
        }}
      />
      <Button disabled={given === ''} onClick={add}>
        {button}
      </Button>
    </div>
  )
}
