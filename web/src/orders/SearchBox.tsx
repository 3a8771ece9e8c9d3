import { CloseButton, TextInput } from '@mantine/core'
import { useDebouncedCallback, useHotkeys } from '@mantine/hooks'
import { useEffect, useRef, useState } from 'react'
import { Icon } from '../components/Icon.tsx'
import { texts } from '../texts.ts'

interface Props {
  value: string | undefined
  onChange: (search: string | undefined) => void
  /** Arrow down leaves the box for the list. */
  onLeave: () => void
  className?: string | undefined
}

const settleMs = 180

/** Searches while one types; what is found follows the address bar, a moment behind the keys. */
export function SearchBox({ value = '', onChange, onLeave, className = '' }: Props) {
  const [text, setText] = useState(value)
  const sent = useRef(value)
  const box = useRef<HTMLInputElement>(null)
  useHotkeys([['/', () => box.current?.focus()]])

  const send = (next: string) => {
    sent.current = next.trim()
    onChange(sent.current === '' ? undefined : sent.current)
  }
  const sendSoon = useDebouncedCallback(send, settleMs)

  // The address changed by itself (back, a link): the box follows. What the box sent, it keeps as typed.
  useEffect(() => {
    if (value === sent.current) return
    sent.current = value
    setText(value)
  }, [value])

  return (
    <TextInput
      ref={box}
      type="search"
      aria-label={texts.orders.search}
      placeholder={texts.orders.searchPlaceholder}
      value={text}
      className={className}
      leftSection={<Icon name="search" />}
      rightSection={
        text === '' ? (
          <kbd className="key">/</kbd>
        ) : (
          <CloseButton
            size="xs"
            aria-label={texts.orders.clearSearch}
            onClick={() => {
              setText('')
              send('')
              box.current?.focus()
            }}
          />
        )
      }
      onChange={(event) => {
        setText(event.currentTarget.value)
        sendSoon(event.currentTarget.value)
      }}
      onKeyDown={(event) => {
        if (event.key === 'ArrowDown') onLeave()
        else if (event.key === 'Escape' && text !== '') {
          setText('')
          send('')
        } else return
        event.preventDefault()
      }}
    />
  )
}
