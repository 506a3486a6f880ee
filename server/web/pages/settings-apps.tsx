// Programs that the reader has written: each has a key, which is shown once.

import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { App } from '../../../protocol/apps.ts'
import { appDescriptionLengthMax, appNameLengthMax } from '../../../protocol/limits.ts'
import { Confirm, Dialog } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'
import { formatCount } from '../parts/tweet-actions.tsx'
import { useClient } from '../parts/use-client.ts'
import { useDeed } from '../parts/use-deed.ts'

type Asked = { readonly deed: 'rotate' | 'revoke'; readonly app: App }

export function AppsSettings(): JSX.Element {
  const client = useClient()
  const { isRunning, run } = useDeed()
  const [apps, setApps] = useState<readonly App[]>([])
  const [key, setKey] = useState<string | undefined>(undefined)
  const [asked, setAsked] = useState<Asked | undefined>(undefined)
  const read = async (): Promise<void> => setApps((await client.call('app.list', {})).apps)
  useEffect(() => {
    void run(read)
  }, [])
  const make = async (form: HTMLFormElement): Promise<void> => {
    const data = new FormData(form)
    const description = String(data.get('description') ?? '').trim()
    const isDone = await run(async () => {
      const made = await client.call('app.create', {
        name: String(data.get('name') ?? ''),
        ...(description === '' ? {} : { description }),
        operationId: client.makeId(),
      })
      setKey(made.key)
      await read()
    })
    if (isDone) form.reset()
  }
  const confirm = async ({ deed, app }: Asked): Promise<void> => {
    setAsked(undefined)
    await run(async () => {
      if (deed === 'revoke') await client.call('app.revoke', { appId: app.id })
      else setKey((await client.call('app.rotateKey', { appId: app.id })).key)
      await read()
    })
  }
  return (
    <section class="settings" aria-labelledby="apps-title">
      <h2 id="apps-title">Apps and their keys</h2>
      <p class="hint">
        A program sends its key as <code>X-API-Key</code>, beside the token of whoever uses it.
      </p>
      <ul class="apps" aria-label="Apps">
        {apps.map((app) => (
          <li key={app.id} class="app">
            <p>
              <strong>{app.name}</strong>
              <span>{formatCount(app.quota)} requests in 15 minutes</span>
              {app.description === undefined ? null : <span>{app.description}</span>}
            </p>
            <button type="button" class="button" onClick={() => setAsked({ deed: 'rotate', app })}>
              New key
            </button>
            <button
              type="button"
              class="button button-danger"
              onClick={() => setAsked({ deed: 'revoke', app })}
            >
              Revoke
            </button>
          </li>
        ))}
      </ul>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          void make(event.currentTarget)
        }}
      >
        <Field name="name" label="Name of a new app" lengthMax={appNameLengthMax} isRequired />
        <Field name="description" label="What it does" lengthMax={appDescriptionLengthMax} />
        <button type="submit" class="button button-main" disabled={isRunning}>
          Register
        </button>
      </form>
      {asked === undefined ? null : (
        <Confirm
          title={asked.deed === 'revoke' ? 'Revoke this app?' : 'Give it a new key?'}
          text="Whatever uses its present key stops working at once."
          action={asked.deed === 'revoke' ? 'Revoke' : 'New key'}
          onConfirm={() => void confirm(asked)}
          onClose={() => setAsked(undefined)}
        />
      )}
      {key === undefined ? null : <KeyShown value={key} onClose={() => setKey(undefined)} />}
    </section>
  )
}

function KeyShown(props: { readonly value: string; readonly onClose: () => void }): JSX.Element {
  const client = useClient()
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(props.value)
    client.notices.say('The key is copied.')
  }
  return (
    <Dialog title="The key" onClose={props.onClose}>
      <p>Keep it now: it is shown this once, and the server knows only its hash.</p>
      <p class="key-value">
        <code>{props.value}</code>
      </p>
      <div class="dialog-foot">
        <button type="button" class="button" onClick={() => void copy()}>
          Copy
        </button>
        <button type="button" class="button button-main" onClick={props.onClose}>
          I have it
        </button>
      </div>
    </Dialog>
  )
}
