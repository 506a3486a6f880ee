// The rest of what one can do with a tweet, behind three dots; deleting asks first.

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Tweet, User } from '../../../protocol/entities.ts'
import { tweetPath } from '../routes.ts'
import { compose } from './compose-state.ts'
import { Confirm } from './dialog.tsx'
import { AddToDialog, PromoteDialog, ReportDialog } from './lazy-dialogs.tsx'
import type { MenuEntry } from './menu.tsx'
import { Menu } from './menu.tsx'
import { relationEntries, useRelations } from './relations.ts'
import { useClient } from './use-client.ts'
import { useDeed } from './use-deed.ts'

type MenuProps = {
  readonly tweet: Tweet
  readonly author: User | undefined
  readonly onDeleted?: () => void
}

type Asked = 'delete' | 'report' | 'moment' | 'promote'

export function TweetMenu(props: MenuProps): JSX.Element {
  const { tweet } = props
  const [asked, setAsked] = useState<Asked | undefined>(undefined)
  const close = (): void => setAsked(undefined)
  const deeds = useDeeds(props)
  const entries = useEntries(props, deeds, setAsked)
  return (
    <Menu label="More" entries={entries}>
      {asked === 'delete' ? (
        <Confirm
          title="Delete this tweet?"
          text="It goes from every timeline at once, and cannot be brought back."
          action="Delete"
          onConfirm={() => {
            close()
            void deeds.remove()
          }}
          onClose={close}
        />
      ) : null}
      {asked === 'report' ? (
        <ReportDialog reported={{ kind: 'tweet', tweetId: tweet.id }} onClose={close} />
      ) : null}
      {asked === 'moment' ? (
        <AddToDialog added={{ kind: 'moment', tweetId: tweet.id }} onClose={close} />
      ) : null}
      {asked === 'promote' ? <PromoteDialog tweet={tweet} onClose={close} /> : null}
    </Menu>
  )
}

function useEntries(
  { tweet, author }: MenuProps,
  { copyLink, pin, muteThread }: ReturnType<typeof useDeeds>,
  ask: (what: Asked) => void,
): () => readonly (MenuEntry | undefined)[] {
  const { viewerId } = useClient()
  const relations = useRelations()
  return () => {
    const copy: MenuEntry = {
      icon: 'link',
      words: 'Copy link',
      onUse: () => void copyLink(),
    }
    if (viewerId === undefined) return [copy]
    const quote: MenuEntry = {
      icon: 'quote',
      words: 'Quote',
      onUse: () => compose({ kind: 'quote', tweetId: tweet.id }),
    }
    const keep: MenuEntry = {
      icon: 'moment',
      words: 'Add to a moment',
      onUse: () => ask('moment'),
    }
    const mute: MenuEntry = {
      icon: 'mute',
      words: 'Mute this thread',
      onUse: () => void muteThread(),
    }
    if (tweet.authorId === viewerId) {
      return [
        quote,
        copy,
        keep,
        { icon: 'pin', words: pin.words, onUse: () => void pin.run() },
        { icon: 'up', words: 'Promote', onUse: () => ask('promote') },
        mute,
        { icon: 'trash', words: 'Delete', onUse: () => ask('delete') },
      ]
    }
    return [
      quote,
      copy,
      keep,
      mute,
      ...(author === undefined ? [] : relationEntries(author, relations)),
      { icon: 'flag', words: 'Report tweet', onUse: () => ask('report') },
    ]
  }
}

function useDeeds({ tweet, author, onDeleted }: MenuProps) {
  const client = useClient()
  const { run } = useDeed()
  const tweetId = tweet.id
  const copyLink = async (): Promise<void> => {
    await navigator.clipboard.writeText(location.origin + tweetPath(author?.handle ?? '', tweetId))
    client.notices.say('The link is copied.')
  }
  const remove = async (): Promise<void> => {
    if (await run(() => client.delete(tweetId), 'Your tweet is deleted.')) onDeleted?.()
  }
  const muteThread = (): Promise<boolean> =>
    run(
      () => client.call('mutes.addThread', { tweetId }),
      'You hear no more of this thread. Settings, Privacy takes it back.',
    )
  const isPinned = author?.pinnedTweetId === tweetId
  const pin = {
    words: isPinned ? 'Unpin from profile' : 'Pin to profile',
    run: () =>
      run(
        async () => {
          const name = isPinned ? 'tweet.unpin' : 'tweet.pin'
          const { user } = await client.call(name, { tweetId })
          client.entities.learnUser(user)
        },
        isPinned ? 'It is pinned no more.' : 'It stands at the top of your profile.',
      ),
  }
  return { copyLink, remove, muteThread, pin }
}
