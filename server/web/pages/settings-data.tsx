// All that is kept of the reader, to take away; and the end of the account.

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { RequestFailure } from '../../../protocol/errors.ts'
import type { Client } from '../client.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'
import { useClient } from '../parts/use-client.ts'
import { useDeed } from '../parts/use-deed.ts'
import { callOverHttp } from '../wire/http.ts'

export function DataSettings(): JSX.Element {
  return (
    <>
      <ExportSection />
      <DeleteSection />
    </>
  )
}

function ExportSection(): JSX.Element {
  const client = useClient()
  const { isRunning, run } = useDeed()
  const [pages, setPages] = useState(0)
  const take = (): Promise<boolean> =>
    run(async () => {
      const all = await exportAll(client, setPages)
      save(new Blob([JSON.stringify(all, null, 2)], { type: 'application/json' }))
    }, 'Your data is in your downloads.')
  return (
    <section class="settings" aria-labelledby="data-export">
      <h2 id="data-export">Take your data with you</h2>
      <p class="hint">
        Everything that is kept of you as one JSON file: profile, tweets, follows, marks, lists.
      </p>
      <button type="button" class="button" disabled={isRunning} onClick={() => void take()}>
        {isRunning ? `Gathering… (${pages})` : 'Export my data'}
      </button>
    </section>
  )
}

/** Every page, by its section, in order. */
async function exportAll(client: Client, onPage: (count: number) => void) {
  const sections: Record<string, unknown[]> = {}
  let cursor: string | undefined
  for (let count = 1; ; count++) {
    const page = await client.call('account.export', cursor === undefined ? {} : { cursor })
    const { section, next, ...content } = page
    const entries = sections[section] ?? []
    sections[section] = [...entries, ...Object.values(content).flat()]
    onPage(count)
    if (next === undefined) return sections
    cursor = next
  }
}

function save(file: Blob): void {
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = 'rookery-export.json'
  link.click()
  URL.revokeObjectURL(url)
}

function DeleteSection(): JSX.Element {
  const [isAsking, setAsking] = useState(false)
  return (
    <section class="settings" aria-labelledby="data-delete">
      <h2 id="data-delete">Delete your account</h2>
      <p class="hint">
        Your tweets, photos, lists and marks go with it, at once and for ever. Nobody else can take
        your handle.
      </p>
      <button type="button" class="button button-danger" onClick={() => setAsking(true)}>
        Delete my account
      </button>
      {isAsking ? <DeleteDialog onClose={() => setAsking(false)} /> : null}
    </section>
  )
}

function DeleteDialog(props: { readonly onClose: () => void }): JSX.Element {
  const client = useClient()
  const [problem, setProblem] = useState<string | undefined>(undefined)
  const [isSending, setSending] = useState(false)
  const send = async (password: string): Promise<void> => {
    setSending(true)
    try {
      await client.leave(() => callOverHttp('account.delete', { password }))
      location.assign('/')
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error
      setProblem(error.body.message)
      setSending(false)
    }
  }
  return (
    <Dialog title="Delete your account?" onClose={props.onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          void send(String(new FormData(event.currentTarget).get('password') ?? ''))
        }}
      >
        <p>This cannot be taken back. Your password, to be sure that it is you:</p>
        <Field
          name="password"
          label="Password"
          type="password"
          autoComplete="current-password"
          problem={problem}
          isRequired
        />
        <div class="dialog-foot">
          <button type="button" class="button" onClick={props.onClose}>
            Cancel
          </button>
          <button type="submit" class="button button-danger" disabled={isSending}>
            Delete for ever
          </button>
        </div>
      </form>
    </Dialog>
  )
}
