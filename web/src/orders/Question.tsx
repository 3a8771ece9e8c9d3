import { Button, Modal, TextInput } from '@mantine/core'
import { useState } from 'react'
import { texts } from '../texts.ts'
import classes from './DeleteQuestion.module.css'

interface Props {
  /** Null: several orders, named by how many they are. */
  number: string | null
  count: number
  onDelete: (why: string) => void
  onClose: () => void
}

const words = texts.orders.deleting

/** Says what deleting means, and asks before it is done. */
export function DeleteQuestion({ number, count, onDelete, onClose }: Props) {
  const [why, setWhy] = useState('')
  return (
    <Modal
      opened
      centered
      onClose={onClose}
      title={words.title(number, count)}
      closeButtonProps={{ 'aria-label': texts.actions.close }}
    >
      <form
        className={classes.question}
        onSubmit={(event) => {
          event.preventDefault()
          onDelete(why.trim())
        }}
      >
        <p>{words.goes(count)}</p>
        <p>{words.stays(count)}</p>
        <TextInput
          label={words.why}
          value={why}
          maxLength={500}
          data-autofocus
          onChange={(event) => setWhy(event.currentTarget.value)}
        />
        <div className={classes.buttons}>
          <Button onClick={onClose}>{words.keep(count)}</Button>
          <Button variant="filled" type="submit">
            {words.confirm(count)}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
