import {
  ActionIcon,
  Autocomplete,
  Button,
  Checkbox,
  createTheme,
  DrawerRoot,
  Loader,
  Menu,
  Modal,
  Select,
  TagsInput,
  TextInput,
  Tooltip,
} from '@mantine/core'

const variants: Record<string, { background: string; hover: string; color: string; border: string }> = {
  filled: {
    background: 'var(--accent)',
    hover: 'var(--accent-hover)',
    color: 'var(--on-accent)',
    border: '1px solid transparent',
  },
  default: {
    background: 'var(--surface)',
    hover: 'var(--hover)',
    color: 'var(--ink)',
    border: '1px solid var(--line-strong)',
  },
  light: {
    background: 'var(--accent-soft)',
    hover: 'var(--accent-soft)',
    color: 'var(--accent-text)',
    border: '1px solid transparent',
  },
  subtle: {
    background: 'transparent',
    hover: 'var(--hover)',
    color: 'var(--ink-2)',
    border: '1px solid transparent',
  },
}

/** Every colour comes from tokens.css; the library's own palette is not used. */
export const theme = createTheme({
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--mono)',
  defaultRadius: 6,
  cursorType: 'pointer',
  variantColorResolver: ({ variant }) => (variants[variant] ?? variants.default)!,
  components: {
    Button: Button.extend({ defaultProps: { size: 'xs', variant: 'default' } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', size: 28 } }),
    TextInput: TextInput.extend({ defaultProps: { size: 'xs' } }),
    Select: Select.extend({ defaultProps: { size: 'xs', comboboxProps: { shadow: 'md' } } }),
    Autocomplete: Autocomplete.extend({ defaultProps: { size: 'xs', comboboxProps: { shadow: 'md' } } }),
    TagsInput: TagsInput.extend({ defaultProps: { size: 'xs', comboboxProps: { shadow: 'md' } } }),
    Checkbox: Checkbox.extend({ defaultProps: { size: 'xs' } }),
    Loader: Loader.extend({ defaultProps: { size: 'xs', color: 'var(--accent-text)' } }),
    Menu: Menu.extend({ defaultProps: { position: 'bottom-end', shadow: 'md', withinPortal: true } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 250, withArrow: false } }),
    Modal: Modal.extend({ defaultProps: { lockScroll: false } }),
    DrawerRoot: DrawerRoot.extend({ defaultProps: { position: 'right', lockScroll: false } }),
  },
})
