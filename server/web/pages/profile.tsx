// A user: who they are, what they tweet, who follows them and whom they follow.

import type { JSX } from 'preact'
import type { User } from '../../../protocol/entities.ts'
import type { TweetId, UserId } from '../../../protocol/ids.ts'
import { Avatar } from '../parts/avatar.tsx'
import { TweetFeed, UserFeed } from '../parts/feed-list.tsx'
import { FollowButton } from '../parts/follow-button.tsx'
import { Icon } from '../parts/icons.tsx'
import { OutsideLink } from '../parts/rich-text.tsx'
import { PageHead, useTitle } from '../parts/shell.tsx'
import { monthOf } from '../parts/time.tsx'
import { formatCount } from '../parts/tweet-actions.tsx'
import { useClient, useUser } from '../parts/use-client.ts'
import type { ProfileTab } from '../routes.ts'
import { profilePath } from '../routes.ts'
import { LoadProblem, useLoaded } from './load.tsx'
import { pageOf, readTweets, readUsers } from './read.ts'

export function ProfilePage(props: {
  readonly handle: string
  readonly tab: ProfileTab
}): JSX.Element {
  const { handle, tab } = props
  const client = useClient()
  const loaded = useLoaded<UserId>(client.entities.userByHandle(handle)?.id, async () => {
    const { user } = await client.call('user.get', { user: { handle } })
    client.entities.learnUser(user)
    return user.id
  })
  const user = useKnownUser(loaded.value)
  useTitle(user === undefined ? undefined : `${user.name} (@${user.handle})`)
  if (user === undefined) {
    return <LoadProblem title={`@${handle}`} loaded={loaded} missing="Nobody has this handle." />
  }
  return (
    <>
      <PageHead title={user.name} under={`${formatCount(user.counts.tweets)} tweets`} hasBack />
      <ProfileCard user={user} />
      <Tabs user={user} tab={tab} />
      <TabContent user={user} tab={tab} />
    </>
  )
}

function useKnownUser(id: UserId | undefined): User | undefined {
  return useUser(id ?? (0 as UserId))
}

function ProfileCard({ user }: { readonly user: User }): JSX.Element {
  const client = useClient()
  const isOwn = user.id === client.viewerId
  return (
    <section class="profile" aria-label="About">
      <div class={`profile-plumage egg-${Math.floor(user.id / 16) % 8}`} aria-hidden="true" />
      <div class="profile-top">
        <Avatar user={user} size="large" />
        {isOwn ? (
          <a class="button" href="/settings">
            Edit profile
          </a>
        ) : (
          <FollowButton user={user} />
        )}
      </div>
      <p class="profile-name">
        <bdi>{user.name}</bdi>
        {user.protected ? <Icon name="lock" /> : null}
      </p>
      <p class="profile-handle">
        @{user.handle}
        {user.viewer?.followedBy === true ? <span class="tag">Follows you</span> : null}
      </p>
      {user.bio === '' ? null : (
        <p class="profile-bio" dir="auto">
          {user.bio}
        </p>
      )}
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
    </section>
  )
}

function Tabs(props: { readonly user: User; readonly tab: ProfileTab }): JSX.Element {
  const { handle, counts } = props.user
  const tabs: readonly (readonly [ProfileTab, string, number])[] = [
    ['tweets', 'Tweets', counts.tweets],
    ['following', 'Following', counts.following],
    ['followers', counts.followers === 1 ? 'Follower' : 'Followers', counts.followers],
  ]
  return (
    <nav class="tabs" aria-label="Of this profile">
      {tabs.map(([tab, words, count]) => (
        <a
          key={tab}
          href={profilePath(handle, tab)}
          aria-current={tab === props.tab ? 'page' : undefined}
        >
          <strong>{formatCount(count)}</strong> {words}
        </a>
      ))}
    </nav>
  )
}

function TabContent(props: { readonly user: User; readonly tab: ProfileTab }): JSX.Element {
  const { user, tab } = props
  const client = useClient()
  const { id: userId, handle } = user
  if (tab === 'tweets') {
    const feed = client.feed<TweetId>(`tweets of ${userId}`, (before) =>
      readTweets(client, client.call('timeline.user', { userId, ...pageOf(before) })),
    )
    const empty = user.protected
      ? 'This account shows its tweets to approved followers only.'
      : `@${handle} has not tweeted yet.`
    return <TweetFeed feed={feed} label={`Tweets of @${handle}`} empty={empty} />
  }
  const name = tab === 'followers' ? 'user.followers' : 'user.following'
  const feed = client.feed<UserId>(`${tab} of ${userId}`, (before) =>
    readUsers(client, client.call(name, { userId, ...pageOf(before) })),
  )
  const empty =
    tab === 'followers' ? `Nobody follows @${handle} yet.` : `@${handle} follows nobody yet.`
  return <UserFeed feed={feed} label={tab} empty={empty} />
}
