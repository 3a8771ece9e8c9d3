import { texts } from '../texts.ts'
import { useTitle } from '../title.ts'
import { LinkButton } from './LinkButton.tsx'
import { Notice } from './Notice.tsx'

export function NotFound() {
  const { title, text, action } = texts.errors.notFound
  useTitle(title)
  return (
    <Notice page title={title} text={text}>
      <LinkButton to="/">{action}</LinkButton>
    </Notice>
  )
}
