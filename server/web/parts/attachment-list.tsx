// The photos and the video of a tweet that is being written, each with the words for those who do not see it.

import type { JSX } from 'preact'
import { altTextMax } from '../../../protocol/text/normalize.ts'
import { Icon } from './icons.tsx'
import type { Attachment, Attachments } from './use-attachments.ts'

export function AttachmentList({
  attachments,
}: {
  readonly attachments: Attachments
}): JSX.Element | null {
  if (attachments.shown.length === 0) return null
  return (
    <ul class="attachments" aria-label="Photos and videos">
      {attachments.shown.map((one, place) => (
        <One key={one.key} attachment={one} number={place + 1} attachments={attachments} />
      ))}
    </ul>
  )
}

function One(props: {
  readonly attachment: Attachment
  readonly number: number
  readonly attachments: Attachments
}): JSX.Element {
  const { attachment, number, attachments } = props
  const { key, kind, previewUrl, alt, medium, error } = attachment
  const state = error !== undefined ? 'Refused' : medium === undefined ? 'Uploading…' : ''
  return (
    <li class={error === undefined ? 'attachment' : 'attachment attachment-refused'}>
      {kind === 'photo' ? (
        <img src={previewUrl} alt="" />
      ) : (
        <video src={previewUrl} muted tabIndex={-1} />
      )}
      <div class="field">
        <label for={`alt-${key}`}>
          What is to be seen on {kind === 'photo' ? `photo ${number}` : 'the video'}?
        </label>
        <textarea
          id={`alt-${key}`}
          rows={2}
          maxLength={altTextMax}
          placeholder="For those who do not see it"
          value={alt}
          onInput={({ currentTarget }) => attachments.describe(key, currentTarget.value)}
        />
        <p class="field-hint" role="status">
          {state}
        </p>
      </div>
      <button
        type="button"
        class="action"
        aria-label={`Remove ${kind} ${number}`}
        title="Remove"
        onClick={() => attachments.remove(key)}
      >
        <Icon name="close" />
      </button>
    </li>
  )
}

export function ChooseFiles({ attachments }: { readonly attachments: Attachments }): JSX.Element {
  return (
    <label class="action composer-tool" title="Photos or a video">
      <Icon name="photo" />
      <input
        type="file"
        class="for-ears"
        aria-label="Add photos or a video"
        accept="image/jpeg,image/png,image/gif,image/webp,video/mp4,video/webm"
        multiple
        onChange={({ currentTarget }) => {
          attachments.add(currentTarget.files ?? [])
          // The same file may be chosen again.
          currentTarget.value = ''
        }}
      />
    </label>
  )
}
