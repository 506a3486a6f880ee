// The dialog in which a list or a moment gets its name, for the first time or anew.

import type { JSX } from 'preact'
import { useId } from 'preact/hooks'
import { nameLengthMax } from '../../../protocol/limits.ts'
import { bioMax } from '../../../protocol/text/normalize.ts'
import { Dialog } from './dialog.tsx'
import { Field } from './field.tsx'
import { useDeed } from './use-deed.ts'

export type CollectionValues = {
  readonly title: string
  readonly description: string
  readonly isPrivate: boolean
}

export function CollectionForm(props: {
  readonly heading: string
  readonly kind: 'list' | 'moment'
  readonly start?: CollectionValues
  /** Rejects with RequestFailure. */
  readonly save: (values: CollectionValues) => Promise<void>
  readonly onClose: () => void
}): JSX.Element {
  const { heading, kind, start, save, onClose } = props
  const id = useId()
  const { isRunning, run } = useDeed()
  const submit = async (data: FormData): Promise<void> => {
    const values = {
      title: String(data.get('title') ?? '').trim(),
      description: String(data.get('description') ?? '').trim(),
      isPrivate: data.has('private'),
    }
    if (await run(() => save(values))) onClose()
  }
  return (
    <Dialog title={heading} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          void submit(new FormData(event.currentTarget))
        }}
      >
        <Field
          name="title"
          label={kind === 'list' ? 'Name' : 'Title'}
          value={start?.title ?? ''}
          lengthMax={nameLengthMax}
          isRequired
        />
        <div class="field">
          <label for={id}>What it is about</label>
          <textarea
            id={id}
            name="description"
            rows={2}
            maxLength={bioMax}
            defaultValue={start?.description ?? ''}
          />
        </div>
        {kind === 'moment' ? null : <PrivateCheck isChecked={start?.isPrivate === true} />}
        <div class="dialog-foot">
          <button type="submit" class="button button-main" disabled={isRunning}>
            {isRunning ? 'Saving…' : 'Save'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function PrivateCheck({ isChecked }: { readonly isChecked: boolean }): JSX.Element {
  return (
    <label class="check">
      <input type="checkbox" name="private" defaultChecked={isChecked} />
      <span>
        Private
        <small>Only you see this list.</small>
      </span>
    </label>
  )
}
