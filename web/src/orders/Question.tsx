import { Button, Modal, TextInput } from '@mantine/core'
import { useState } from 'react'
import { texts } from '../texts.ts'
import classes from './Question.module.css'

const wordsOf = { delete: texts.orders.deleting, hold: texts.orders.holding }
export type AskedAction = keyof typeof wordsOf

interface Props {
  action: AskedAction
  /** Null: several orders, named by how many they are. */
  number: string | null
  count: number
  onConfirm: (why: string) => void
  onClose: () => void
}

/** Says what the action means, and asks before it is done, and why. */
export function Question({ action, number, count, onConfirm, onClose }: Props) {
  const [why, setWhy] = useState('')
  const words = wordsOf[action]
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
          onConfirm(why.trim())
        }}
      >
        {words.means(count).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
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
