import { ActionIcon, useMantineColorScheme } from '@mantine/core'
import { texts } from '../texts.ts'
import { Icon } from './Icon.tsx'

const next = { auto: 'light', light: 'dark', dark: 'auto' } as const
const icons = { auto: 'system', light: 'sun', dark: 'moon' } as const

/** Goes round: as the system, light, dark. */
export function ColorSchemeButton() {
  // Else it adds a style element of its own for a moment, which the content policy refuses.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true })
  const label = texts.scheme[colorScheme]
  return (
    <ActionIcon aria-label={label} title={label} onClick={() => setColorScheme(next[colorScheme])}>
      <Icon name={icons[colorScheme]} />
    </ActionIcon>
  )
}
