// Who somebody is: picture, name, words, and what the reader can do about them.

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { User } from '../../../protocol/entities.ts'
import { profilePath } from '../routes.ts'
import { Avatar } from './avatar.tsx'
import { FollowButton } from './follow-button.tsx'
import { Icon } from './icons.tsx'
import { AddToDialog, ReportDialog } from './lazy-dialogs.tsx'
import { Menu } from './menu.tsx'
import { relationEntries, useRelations } from './relations.ts'
import { OutsideLink } from './rich-text.tsx'
import { monthOf } from './time.tsx'
import { formatCount } from './tweet-actions.tsx'
import { useClient } from './use-client.ts'

export function ProfileCard({ user }: { readonly user: User }): JSX.Element {
  const client = useClient()
  const isOwn = user.id === client.viewerId
  return (
    <section class="profile" aria-label="About">
      <Plumage user={user} />
      <div class="profile-top">
        <Avatar user={user} size="large" />
        <div class="profile-deeds">
          {isOwn ? (
            <a class="button" href="/settings">
              Edit profile
            </a>
          ) : (
            <>
              {client.viewerId === undefined ? null : <ProfileMenu user={user} />}
              <Deed user={user} />
            </>
          )}
        </div>
      </div>
      <p class="profile-name">
        <bdi>{user.name}</bdi>
        {user.protected ? <Icon name="lock" /> : null}
      </p>
      <p class="profile-handle">
        @{user.handle}
        {user.viewer?.followedBy === true ? <span class="tag">Follows you</span> : null}
        {user.viewer?.muting === true ? <span class="tag">Muted</span> : null}
      </p>
      {user.bio === '' ? null : (
        <p class="profile-bio" dir="auto">
          {user.bio}
        </p>
      )}
      <Facts user={user} />
      <Counts user={user} />
    </section>
  )
}

function Plumage({ user }: { readonly user: User }): JSX.Element {
  if (user.headerUrl !== undefined && user.headerUrl !== '') {
    return <img class="profile-plumage" src={user.headerUrl} alt="" decoding="async" />
  }
  return <div class={`profile-plumage egg-${Math.floor(user.id / 16) % 8}`} aria-hidden="true" />
}

function Deed({ user }: { readonly user: User }): JSX.Element {
  const relate = useRelations()
  if (user.viewer?.blocking !== true) return <FollowButton user={user} />
  return (
    <button
      type="button"
      class="button button-danger"
      onClick={() => void relate(user, 'user.unblock')}
    >
      Unblock
    </button>
  )
}

function ProfileMenu({ user }: { readonly user: User }): JSX.Element {
  const relations = useRelations()
  const [asked, setAsked] = useState<'list' | 'report' | undefined>(undefined)
  const close = (): void => setAsked(undefined)
  return (
    <Menu
      label={`More about @${user.handle}`}
      entries={() => [
        { icon: 'list', words: 'Add to a list', onUse: () => setAsked('list') },
        ...relationEntries(user, relations),
        { icon: 'flag', words: `Report @${user.handle}`, onUse: () => setAsked('report') },
      ]}
    >
      {asked === 'list' ? (
        <AddToDialog added={{ kind: 'list', userId: user.id }} onClose={close} />
      ) : null}
      {asked === 'report' ? (
        <ReportDialog reported={{ kind: 'user', userId: user.id }} onClose={close} />
      ) : null}
    </Menu>
  )
}

function Facts({ user }: { readonly user: User }): JSX.Element {
  return (
    <ul class="profile-facts">
      {user.location === undefined || user.location === '' ? null : (
        <li>
          <Icon name="place" />
          <bdi>{user.location}</bdi>
        </li>
      )}
      {user.website === undefined || user.website === '' ? null : (
        <li>
          <Icon name="link" />
          <OutsideLink url={user.website} />
        </li>
      )}
      <li>
        <Icon name="calendar" />
        Here since {monthOf(user.createdAt)}
      </li>
    </ul>
  )
}

function Counts({ user }: { readonly user: User }): JSX.Element {
  const { handle, counts } = user
  return (
    <p class="profile-counts">
      <a href={profilePath(handle, 'following')}>
        <strong>{formatCount(counts.following)}</strong> Following
      </a>
      <a href={profilePath(handle, 'followers')}>
        <strong>{formatCount(counts.followers)}</strong>{' '}
        {counts.followers === 1 ? 'Follower' : 'Followers'}
      </a>
    </p>
  )
}
