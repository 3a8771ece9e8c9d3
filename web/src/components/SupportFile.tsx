import { texts } from '../texts.ts'
import classes from './SupportFile.module.css'

const words = texts.support

/** Where one gets the file to hand on to whoever helps. */
export function SupportFile({ href, about }: { href: string; about: string }) {
  return (
    <p className={classes.support}>
      <a href={href} download aria-label={words.fileOf(about)}>
        {words.file}
      </a>{' '}
      <span className="quiet">{words.text}</span>
    </p>
  )
}
