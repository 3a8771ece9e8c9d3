import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { CodeBlock } from '../components/CodeBlock.tsx'
import { setupTexts } from '../texts-setup.ts'
import { Field } from './Field.tsx'
import type { Way } from './guides.ts'
import { NameField } from './NameField.tsx'
import classes from './Setup.module.css'
import { Lines, Outside, Step } from './Step.tsx'
import type { Setup } from './useSetup.ts'

const words = setupTexts.netsuite

/** From the account's id to a role, an integration and a certificate, or a token. */
export function NetSuiteSteps({ setup }: { setup: Setup }) {
  const { features, integration } = words
  const { way } = setup
  return (
    <>
      <Step n={1} title={words.account.title}>
        <Account setup={setup} />
      </Step>
      <Step n={2} title={features.title}>
        <Lines lines={features.lines[way]} />
      </Step>
      <Step n={3} title={words.role.title}>
        <Lines lines={words.role.lines} />
        <Permissions way={way} />
      </Step>
      <Step n={4} title={integration.title}>
        <Lines lines={integration.lines[way]} />
        {way === 'oauth2' ? (
          <Field setup={setup} path="credentials.clientId" label={integration.clientId} />
        ) : (
          <>
            <Field setup={setup} path="credentials.consumerKey" label={integration.consumerKey} />
            <Field
              setup={setup}
              path="credentials.consumerSecret"
              label={integration.consumerSecret}
              secret
            />
          </>
        )}
      </Step>
      {way === 'oauth2' ? <Certificate setup={setup} /> : <Token setup={setup} />}
    </>
  )
}

export const netSuiteSteps = 5

function Account({ setup }: { setup: Setup }) {
  const { id, idText, open, ways, wayText, way: label, sandbox } = words.account
  const account = (setup.typed['account'] ?? '').trim()
  const host = /^[\w-]+$/.test(account) ? account.toLowerCase().replaceAll('_', '-') : null
  return (
    <>
      <Field setup={setup} path="account" label={id} text={idText} />
      {host === null ? null : (
        <p>
          <Outside href={`https://${host}.app.netsuite.com`} text={open} />
        </p>
      )}
      <NameField setup={setup} />
      <div className={classes.way}>
        <span className={classes.label} id="way">
          {label}
        </span>
        <SegmentedControl
          aria-labelledby="way"
          value={setup.way}
          onChange={(next) => setup.setWay(next as Way)}
          data={[
            { value: 'oauth2', label: ways.oauth2 },
            { value: 'tokens', label: ways.tokens },
          ]}
        />
        <span className="quiet">{wayText[setup.way]}</span>
      </div>
      <p className="quiet">{sandbox}</p>
      <More setup={setup} />
    </>
  )
}

function More({ setup }: { setup: Setup }) {
  const { title, concurrency, concurrencyText, url, urlText } = words.more
  const { errors, typed } = setup
  const [isOpen, setOpen] = useState(Boolean(typed['url']))
  const isWrong = Boolean(errors['url'] ?? errors['concurrency'])
  return (
    <details
      className={classes.more}
      open={isOpen || isWrong}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>{title}</summary>
      <Field setup={setup} path="concurrency" label={concurrency} text={concurrencyText} />
      <Field setup={setup} path="url" label={url} text={urlText} />
    </details>
  )
}

function Permissions({ way }: { way: Way }) {
  const { permissions, columns, rows, signIn, createOnly } = words.role
  return (
    <>
      <table className={classes.permissions} aria-label={permissions}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows(signIn[way]).map(([tab, permission, level]) => (
            <tr key={permission}>
              <td>{tab}</td>
              <td>{permission}</td>
              <td>{level}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="quiet">{createOnly}</p>
    </>
  )
}

function Certificate({ setup }: { setup: Setup }) {
  const { title, lines, command, commandLabel, lasts, certificateId, privateKey, privateKeyText, file } =
    words.certificate
  const { certificate, certificateText, certificateFile, validUntil, validUntilText } = words.certificate
  return (
    <Step n={netSuiteSteps} title={title}>
      <Lines lines={lines.slice(0, 1)} />
      <div className={classes.command}>
        <CodeBlock text={command} label={commandLabel} />
      </div>
      <Lines lines={lines.slice(1)} start={2} />
      <p className="quiet">{lasts}</p>
      <Field setup={setup} path="credentials.certificateId" label={certificateId} />
      <Field
        setup={setup}
        path="credentials.privateKey"
        label={privateKey}
        text={privateKeyText}
        file={file}
      />
      <Field
        setup={setup}
        path="credentials.certificate"
        label={certificate}
        text={certificateText}
        file={certificateFile}
      />
      <Field setup={setup} path="credentials.validUntil" label={validUntil} text={validUntilText} />
    </Step>
  )
}

function Token({ setup }: { setup: Setup }) {
  const { title, lines, tokenId, tokenSecret } = words.token
  return (
    <Step n={netSuiteSteps} title={title}>
      <Lines lines={lines} />
      <Field setup={setup} path="credentials.tokenId" label={tokenId} />
      <Field setup={setup} path="credentials.tokenSecret" label={tokenSecret} secret />
    </Step>
  )
}
