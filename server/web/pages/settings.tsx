// What the reader has chosen: their profile, the look of the pages, the keys; and the way out.

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
import { Field } from '../parts/field.tsx'
import { keyMeanings } from '../parts/keys.ts'
import { PageHead, useTitle } from '../parts/shell.tsx'
import { useCell, useClient, useViewer } from '../parts/use-client.ts'
import { chooseKeys, chooseTheme, hasKeys, theme, themes } from '../preferences.ts'
import { callOverHttp } from '../wire/http.ts'

export function SettingsPage(): JSX.Element {
  useTitle('Settings')
  const viewer = useViewer()
  return (
    <>
      <PageHead title="Settings" />
      {viewer === undefined ? null : <ProfileForm user={viewer} />}
      <LookSection />
      <KeysSection />
      <AccountSection />
    </>
  )
}

function ProfileForm({ user }: { readonly user: User }): JSX.Element {
  const { isSending, save } = useProfile()
  return (
    <section class="settings" aria-labelledby="settings-profile">
      <h2 id="settings-profile">Profile</h2>
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
        <label class="check">
          <input type="checkbox" name="protected" defaultChecked={user.protected} />
          <span>
            Protect my tweets
            <small>Only people you approve see what you tweet.</small>
          </span>
        </label>
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
        protected: data.has('protected'),
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

const themeWords = { system: 'As the system', light: 'Light', dark: 'Dark' } as const

function LookSection(): JSX.Element {
  const chosen = useCell(theme)
  return (
    <section class="settings" aria-labelledby="settings-look">
      <h2 id="settings-look">Look</h2>
      <fieldset class="choices">
        <legend class="for-ears">Colours</legend>
        {themes.map((one) => (
          <label key={one} class="choice">
            <input
              type="radio"
              name="theme"
              value={one}
              checked={one === chosen}
              onChange={() => chooseTheme(one)}
            />
            <span>{themeWords[one]}</span>
          </label>
        ))}
      </fieldset>
    </section>
  )
}

function KeysSection(): JSX.Element {
  const isOn = useCell(hasKeys)
  return (
    <section class="settings" aria-labelledby="settings-keys">
      <h2 id="settings-keys">Keys</h2>
      <label class="check">
        <input
          type="checkbox"
          checked={isOn}
          onChange={({ currentTarget }) => chooseKeys(currentTarget.checked ? 'on' : 'off')}
        />
        <span>Single letters do something</span>
      </label>
      <dl class="keys">
        {keyMeanings.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function AccountSection(): JSX.Element {
  const client = useClient()
  const leave = async (): Promise<void> => {
    client.stop()
    try {
      await callOverHttp('session.end', {})
      location.assign('/')
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error
      client.complain(error.body)
    }
  }
  return (
    <section class="settings" aria-labelledby="settings-account">
      <h2 id="settings-account">This browser</h2>
      <button type="button" class="button button-danger" onClick={() => void leave()}>
        Log out
      </button>
    </section>
  )
}
