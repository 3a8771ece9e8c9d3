import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { texts } from '../texts.ts'
import { Icon } from './Icon.tsx'
import classes from './WhyBox.module.css'

/** One box on every page: an order number goes in, the reason comes out (WhyDrawer shows it). */
export function WhyBox() {
  const [text, setText] = useState('')
  const navigate = useNavigate()
  const ask = (event: React.FormEvent) => {
    event.preventDefault()
    const why = text.trim()
    if (why !== '') void navigate({ to: '.', search: (before) => ({ ...before, why }) })
  }
  return (
    <form role="search" aria-label={texts.why.box} className={classes.box} onSubmit={ask}>
      <label className={classes.label} htmlFor="why">
        {texts.why.label}
      </label>
      <input
        id="why"
        className={classes.input}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        placeholder={texts.why.placeholder}
        autoComplete="off"
        spellCheck={false}
        enterKeyHint="search"
      />
      <button type="submit" className={classes.ask} aria-label={texts.why.ask}>
        <Icon name="send" />
      </button>
    </form>
  )
}
