// A user: who they are, what they tweet and mark, who follows them and whom they follow.

import type { JSX } from 'preact'
import type { User } from '../../../protocol/entities.ts'
import type { UserId } from '../../../protocol/ids.ts'
import { Collections } from '../parts/collections.tsx'
import { TweetFeed, UserFeed } from '../parts/feed-list.tsx'
import { Icon } from '../parts/icons.tsx'
import { PageHead, useTitle } from '../parts/page-head.tsx'
import { ProfileCard } from '../parts/profile-card.tsx'
import { TweetById } from '../parts/tweet.tsx'
import { formatCount } from '../parts/tweet-actions.tsx'
import { useClient, useUser } from '../parts/use-client.ts'
import type { ProfileTab } from '../routes.ts'
import { profilePath } from '../routes.ts'
import { LoadProblem, useLoaded } from './load.tsx'
import { useFollowFeed, useTabFeed } from './profile-feeds.ts'

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
  const user = useUser(loaded.value ?? (0 as UserId))
  useTitle(user === undefined ? undefined : `${user.name} (@${user.handle})`)
  if (user === undefined) {
    return <LoadProblem title={`@${handle}`} loaded={loaded} missing="Nobody has this handle." />
  }
  const isOfPeople = tab === 'followers' || tab === 'following'
  return (
    <>
      <PageHead title={user.name} under={`${formatCount(user.counts.tweets)} tweets`} hasBack />
      <ProfileCard user={user} />
      {isOfPeople ? <PeopleTabs user={user} tab={tab} /> : <Tabs user={user} tab={tab} />}
      <TabContent user={user} tab={tab} />
    </>
  )
}

const tabWords: readonly (readonly [ProfileTab, string])[] = [
  ['tweets', 'Tweets'],
  ['replies', 'Replies'],
  ['media', 'Media'],
  ['favorites', 'Favorites'],
  ['lists', 'Lists'],
  ['moments', 'Moments'],
]

const peopleWords: readonly (readonly [ProfileTab, string])[] = [
  ['following', 'Following'],
  ['followers', 'Followers'],
]

type TabProps = { readonly user: User; readonly tab: ProfileTab }

function Tabs({ user, tab }: TabProps): JSX.Element {
  return <TabLinks words={tabWords} user={user} tab={tab} />
}

function PeopleTabs({ user, tab }: TabProps): JSX.Element {
  return <TabLinks words={peopleWords} user={user} tab={tab} />
}

function TabLinks(
  props: TabProps & { readonly words: readonly (readonly [ProfileTab, string])[] },
): JSX.Element {
  return (
    <nav class="tabs" aria-label="Of this profile">
      {props.words.map(([tab, words]) => (
        <a
          key={tab}
          href={profilePath(props.user.handle, tab)}
          aria-current={tab === props.tab ? 'page' : undefined}
        >
          {words}
        </a>
      ))}
    </nav>
  )
}

function TabContent({ user, tab }: TabProps): JSX.Element {
  const { id: userId, handle } = user
  switch (tab) {
    case 'followers':
    case 'following':
      return <People user={user} tab={tab} />
    case 'lists':
    case 'moments':
      return (
        <Collections
          source={{ of: tab, userId }}
          label={tab === 'lists' ? `Lists of @${handle}` : `Moments of @${handle}`}
          empty={`@${handle} shows no ${tab}.`}
        />
      )
    default:
      return <Tweets user={user} tab={tab} />
  }
}

function People(props: {
  readonly user: User
  readonly tab: 'followers' | 'following'
}): JSX.Element {
  const { user, tab } = props
  const { id, handle } = user
  const empty =
    tab === 'followers' ? `Nobody follows @${handle} yet.` : `@${handle} follows nobody yet.`
  return <UserFeed feed={useFollowFeed(id, tab)} label={tab} empty={empty} />
}

function Tweets(props: {
  readonly user: User
  readonly tab: 'tweets' | 'replies' | 'media' | 'favorites'
}): JSX.Element {
  const { user, tab } = props
  const feed = useTabFeed(user.id, tab)
  const empty = user.protected ? secret : `Nothing from @${user.handle} here yet.`
  return (
    <>
      {tab === 'tweets' ? <Pinned user={user} /> : null}
      <TweetFeed feed={feed} label={`${tab} of @${user.handle}`} empty={empty} />
    </>
  )
}

const secret = 'This account shows its tweets to approved followers only.'

function Pinned({ user }: { readonly user: User }): JSX.Element | null {
  if (user.pinnedTweetId === undefined) return null
  return (
    <section class="pinned" aria-label="Pinned tweet">
      <p class="tweet-context">
        <Icon name="pin" />
        Pinned
      </p>
      <TweetById id={user.pinnedTweetId} />
    </section>
  )
}
