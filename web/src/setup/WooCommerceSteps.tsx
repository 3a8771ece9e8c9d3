import { setupTexts } from '../texts-setup.ts'
import { Field } from './Field.tsx'
import { NameField } from './NameField.tsx'
import { adminPage } from './settings.ts'
import classes from './Setup.module.css'
import { Lines, Outside, Step } from './Step.tsx'
import type { Setup } from './useSetup.ts'

const words = setupTexts.woocommerce
const keysPage = 'admin.php?page=wc-settings&tab=advanced&section=keys&create-key=1'

/** From the address of the shop to its key. */
export function WooCommerceSteps({ setup }: { setup: Setup }) {
  const { shop, key, paste } = words
  const address = setup.typed['url'] ?? ''
  const keys = adminPage(address, keysPage)
  const permalinks = adminPage(address, 'options-permalink.php')
  return (
    <>
      <Step n={1} title={shop.title}>
        <Field setup={setup} path="url" label={shop.address} text={shop.addressText} />
        <NameField setup={setup} />
      </Step>
      <Step n={2} title={key.title}>
        <Lines lines={key.lines} />
        <p className={classes.ways}>
          {keys === null || permalinks === null ? (
            <span className="quiet">{key.addressFirst}</span>
          ) : (
            <>
              <Outside href={keys} text={key.open} />
              <Outside href={permalinks} text={key.permalinks} />
            </>
          )}
        </p>
        <p className="quiet">{key.readOnly}</p>
      </Step>
      <Step n={3} title={paste.title}>
        <Field
          setup={setup}
          path="credentials.consumerKey"
          label={paste.consumerKey}
          text={paste.consumerKeyText}
        />
        <Field
          setup={setup}
          path="credentials.consumerSecret"
          label={paste.consumerSecret}
          text={paste.consumerSecretText}
          secret
        />
      </Step>
    </>
  )
}

export const wooCommerceSteps = 3
