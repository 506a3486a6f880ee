// Who the reader is to others: name, words, pictures.

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { User } from '../../../protocol/entities.ts'
import { RequestFailure } from '../../../protocol/errors.ts'
import {
  nameLengthMax,
  profileLocationLengthMax,
  websiteLengthMax,
} from '../../../protocol/limits.ts'
import { bioMax } from '../../../protocol/text/normalize.ts'
import { Avatar } from '../parts/avatar.tsx'
import { Field } from '../parts/field.tsx'
import { useClient } from '../parts/use-client.ts'
import { useDeed } from '../parts/use-deed.ts'
import { upload } from '../wire/upload.ts'

export function ProfileForm({ user }: { readonly user: User }): JSX.Element {
  const { isSending, save } = useProfile()
  return (
    <section class="settings" aria-labelledby="settings-profile">
      <h2 id="settings-profile">Profile</h2>
      <PictureChoice user={user} which="avatar" />
      <PictureChoice user={user} which="header" />
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          void save(new FormData(event.currentTarget))
        }}
      >
        <Field name="name" label="Name" value={user.name} lengthMax={nameLengthMax} isRequired />
        <div class="field">
          <label for="settings-bio">About you</label>
          <textarea
            id="settings-bio"
            name="bio"
            rows={3}
            maxLength={bioMax}
            defaultValue={user.bio}
          />
        </div>
        <Field
          name="location"
          label="Place"
          value={user.location ?? ''}
          lengthMax={profileLocationLengthMax}
        />
        <Field
          name="website"
          label="Website"
          type="url"
          value={user.website ?? ''}
          lengthMax={websiteLengthMax}
        />
        <button type="submit" class="button button-main" disabled={isSending}>
          {isSending ? 'Saving…' : 'Save profile'}
        </button>
      </form>
    </section>
  )
}

function useProfile() {
  const client = useClient()
  const [isSending, setSending] = useState(false)
  const save = async (data: FormData): Promise<void> => {
    const text = (name: string): string => String(data.get(name) ?? '')
    setSending(true)
    try {
      const { user } = await client.call('user.update', {
        name: text('name'),
        bio: text('bio'),
        location: text('location'),
        website: text('website'),
      })
      client.entities.learnUser(user)
      client.notices.say('Your profile is saved.')
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error
      client.complain(error.body)
    } finally {
      setSending(false)
    }
  }
  return { isSending, save }
}

const pictureWords = {
  avatar: { label: 'Choose your picture', none: 'No picture' },
  header: { label: 'Choose a header picture', none: 'No header' },
} as const

/** A picture is saved as soon as it is chosen: the form below has nothing to do with it. */
function PictureChoice(props: {
  readonly user: User
  readonly which: 'avatar' | 'header'
}): JSX.Element {
  const { user, which } = props
  const client = useClient()
  const { isRunning, run } = useDeed()
  const url = which === 'avatar' ? user.avatarUrl : user.headerUrl
  const save = (file: File | undefined): Promise<boolean> =>
    run(async () => {
      const id = file === undefined ? '' : (await upload(file, '')).id
      const change = which === 'avatar' ? { avatarId: id } : { headerId: id }
      client.entities.learnUser((await client.call('user.update', change)).user)
    }, 'Your profile is saved.')
  const words = pictureWords[which]
  return (
    <div class="picture-choice">
      {which === 'avatar' ? <Avatar user={user} size="large" /> : <HeaderPreview url={url} />}
      <label class="button">
        {isRunning ? 'Saving…' : words.label}
        <input
          type="file"
          class="for-ears"
          accept="image/jpeg,image/png,image/gif,image/webp"
          disabled={isRunning}
          onChange={({ currentTarget }) => {
            const [file] = currentTarget.files ?? []
            if (file !== undefined) void save(file)
          }}
        />
      </label>
      {url === undefined || url === '' ? null : (
        <button
          type="button"
          class="button"
          disabled={isRunning}
          onClick={() => void save(undefined)}
        >
          {words.none}
        </button>
      )}
    </div>
  )
}

function HeaderPreview({ url }: { readonly url: string | undefined }): JSX.Element {
  return url === undefined || url === '' ? (
    <span class="header-preview" aria-hidden="true" />
  ) : (
    <img class="header-preview" src={url} alt="" />
  )
}
