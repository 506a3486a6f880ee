// What the reader has chosen, in parts; and the way out.

import type { JSX } from 'preact'
import { RequestFailure } from '../../../protocol/errors.ts'
import { keyMeanings } from '../parts/keys.ts'
import { PageHead, useTitle } from '../parts/page-head.tsx'
import { useCell, useClient, useViewer } from '../parts/use-client.ts'
import { chooseKeys, chooseTheme, hasKeys, theme, themes } from '../preferences.ts'
import type { SettingsSection } from '../routes.ts'
import { callOverHttp } from '../wire/http.ts'
import { AppsSettings } from './settings-apps.tsx'
import { DataSettings } from './settings-data.tsx'
import { PrivacySettings } from './settings-privacy.tsx'
import { ProfileForm } from './settings-profile.tsx'
import { PromotionSettings } from './settings-promotions.tsx'

const sections: readonly (readonly [SettingsSection, string])[] = [
  ['profile', 'You'],
  ['privacy', 'Privacy'],
  ['apps', 'Apps'],
  ['promotions', 'Promotions'],
  ['data', 'Your data'],
]

export function SettingsPage({ section }: { readonly section: SettingsSection }): JSX.Element {
  useTitle('Settings')
  return (
    <>
      <PageHead title="Settings" />
      <nav class="tabs" aria-label="Settings">
        {sections.map(([one, words]) => (
          <a
            key={one}
            href={one === 'profile' ? '/settings' : `/settings/${one}`}
            aria-current={one === section ? 'page' : undefined}
          >
            {words}
          </a>
        ))}
      </nav>
      <Section section={section} />
    </>
  )
}

function Section({ section }: { readonly section: SettingsSection }): JSX.Element | null {
  const viewer = useViewer()
  switch (section) {
    case 'profile':
      return (
        <>
          {viewer === undefined ? null : <ProfileForm user={viewer} />}
          <LookSection />
          <KeysSection />
          <AccountSection />
        </>
      )
    case 'privacy':
      return viewer === undefined ? null : <PrivacySettings user={viewer} />
    case 'apps':
      return <AppsSettings />
    case 'promotions':
      return <PromotionSettings />
    case 'data':
      return <DataSettings />
  }
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
    try {
      await client.leave(() => callOverHttp('session.end', {}))
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
